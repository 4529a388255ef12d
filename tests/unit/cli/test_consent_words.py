"""`bonafide consent show` prints the very words that a consent names, without any store."""

from __future__ import annotations

import json

import pytest

from bonafide.cli import main
from bonafide.privacy import purposes
from bonafide.wording import Language


@pytest.mark.parametrize("purpose", purposes())
@pytest.mark.parametrize("language", Language)
def test_the_very_words_are_shown(
    purpose: str, language: Language, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BONAFIDE_DATABASE", "postgresql://nobody@nowhere/none")
    for extra in ((), ("--json",)):
        with pytest.raises(SystemExit) as done:
            main(["consent", "show", purpose, "--lang", language.value, *extra])
        assert not done.value.code
        out = capsys.readouterr().out
        said = json.loads(out)["text"].values() if extra else out.splitlines()
        assert set(purposes()[purpose].notices[language].as_document().values()) <= set(said)
        assert purposes()[purpose].text_digest(language) in out
