"""Without a consent token the service touches nobody's face: by types, by what is imported, by behaviour."""

from __future__ import annotations

import ast
import copy
import inspect as introspection
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import bonafide
from bonafide.capture import Picture
from bonafide.errors import NotPermitted, UnreadablePicture
from bonafide.face import Detector, FaceFinder, Recogniser
from bonafide.outcome import Outcome, Reason, Subject
from bonafide.privacy import ConsentToken, purposes
from bonafide.privacy.token import PersonToken, issue, issue_for_person
from bonafide.service import engine as engine_module
from bonafide.service.desk import DocumentDesk
from bonafide.service.documents import Documents
from bonafide.service.engine import Engine, Eyes, FaceSight, FaceWork
from bonafide.service.inspection import inspect
from bonafide.service.person_desk import PersonDesk
from bonafide.service.verification import Verification
from bonafide.service.verifier import Verifier
from bonafide.settings import Settings

if TYPE_CHECKING:
    from tests.unit.service.conftest import Patch, Studio, TellingReader

NOW = datetime(2026, 11, 25, tzinfo=UTC)
SIGNUP = issue(purposes()["sim-signup"], NOW)
BY_PERSON = issue_for_person(purposes()["sim-signup"], NOW, "somebody", "their consent")
PACKAGE = Path(bonafide.__file__).parent

# What processes faces: finding, judging, embedding, comparing. The rest of these rooms is data.
WORKERS = {
    "Detector",
    "FaceFinder",
    "Recogniser",
    "assess_quality",
    "choose_portrait",
    "compare",
    "FaceSight",
    "FaceWork",
    "Landmarker",
    "LiveSight",
    "Looker",
    "PassiveModel",
}
# Rooms that hold them; liveness and gallery are named before they are built.
FACE_ROOMS = ("face", "compare", "liveness", "gallery")


@dataclass(frozen=True, slots=True)
class _LooksLikeOne:
    """Has all that a token has, and was issued by nobody."""

    purpose: str = "sim-signup"
    purpose_version: int = 1
    good_until: datetime = NOW
    subject: str | None = None
    consent: str | None = None

    def require(self, _now: datetime, *_purposes: str) -> None:
        return


class _Laxer(ConsentToken):
    """Overrides what a token refuses."""

    def require(self, _now: datetime, *_purposes: str) -> None:
        return


def _laxer() -> ConsentToken:
    made = object.__new__(_Laxer)
    for name, value in (("purpose", "sim-signup"), ("good_until", NOW)):
        object.__setattr__(made, name, value)
    return made


REFUSED: dict[str, Any] = {
    "none": None,
    "a name": "sim-signup",
    "a look-alike": _LooksLikeOne(),
    "a subclass": _laxer(),
    "another purpose": issue(purposes()["loyalty"], NOW),
    "to a person's comparison": BY_PERSON,
    "stale": issue(purposes()["sim-signup"], NOW - timedelta(microseconds=1)),
}


@pytest.fixture
def pictures(studio: Studio, patch: type[Patch]) -> tuple[Picture, Picture]:
    return studio.draw(patch(0.5)), studio.draw(patch(0.5))


@pytest.mark.parametrize("consent", REFUSED.values(), ids=REFUSED.keys())
def test_every_way_in_refuses_what_is_no_consent(
    studio: Studio,
    reader: TellingReader,
    pictures: tuple[Picture, Picture],
    monkeypatch: pytest.MonkeyPatch,
    consent: ConsentToken,
) -> None:
    documents = studio.documents(reader)
    eyes = Eyes(studio.engine.detector, studio.faces._finder)
    monkeypatch.setattr(Eyes, "open", classmethod(lambda _class, _settings: eyes))
    looked: list[object] = []
    monkeypatch.setattr(type(studio.faces._finder), "find", lambda _finder, picture: looked.append(picture))
    ways = (
        lambda: studio.engine.under(consent, NOW, "sim-signup"),
        lambda: eyes.under(consent, NOW, "sim-signup"),
        lambda: Verifier(studio.engine, documents, now=lambda: NOW).verify(*pictures, consent),
        lambda: Verifier(studio.engine, documents, now=lambda: NOW).compare(*pictures, consent),
        lambda: DocumentDesk(studio.engine, documents, now=lambda: NOW).read(
            pictures[0], None, date(2026, 11, 25), consent
        ),
        lambda: inspect(pictures[0], Subject.SELFIE, Settings(Path()), consent, NOW),
    )
    for way in ways:
        with pytest.raises(NotPermitted):
            way()
    assert looked == []


def test_a_token_opens_what_it_stands_for_until_it_is_stale(
    studio: Studio, pictures: tuple[Picture, Picture]
) -> None:
    moments = iter([NOW, NOW + timedelta(microseconds=1)])
    verifier = Verifier(studio.engine, now=lambda: next(moments))
    assert verifier.verify(*pictures, SIGNUP).policy.name == "sim-signup"
    with pytest.raises(NotPermitted, match="stale"):
        verifier.verify(*pictures, SIGNUP)


def test_no_token_is_made_of_another() -> None:
    with pytest.raises((NotPermitted, ValueError, TypeError)):
        replace(SIGNUP, purpose="loyalty")
    with pytest.raises(NotPermitted):
        ConsentToken("loyalty", 1, NOW)
    with pytest.raises(AttributeError):
        SIGNUP.purpose = "loyalty"  # type: ignore[misc]
    with pytest.raises(NotPermitted):
        PersonToken("sim-signup", 1, NOW)
    # What is a copy of an issued token says no more than the token did.
    for copied in (copy.deepcopy(SIGNUP), pickle.loads(pickle.dumps(SIGNUP))):  # noqa: S301 - our own bytes
        assert copied == SIGNUP


def test_a_persons_comparison_touches_no_model_of_faces(
    studio: Studio, reader: TellingReader, pictures: tuple[Picture, Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    def touched(*_arguments: object, **_named: object) -> None:
        raise AssertionError("a face was touched")

    for name in ("assess_quality", "choose_portrait", "compare"):
        monkeypatch.setattr(engine_module, name, touched)
    for worker in (type(studio.faces._finder), FaceFinder, Detector, Recogniser, FaceWork, FaceSight):
        for name, member in list(vars(worker).items()):
            if introspection.isfunction(member) and not name.startswith("_"):
                monkeypatch.setattr(worker, name, touched)
    verifier = Verifier(studio.engine, studio.documents(reader), now=lambda: NOW)
    document, selfie = pictures
    index = "{}:{}".format
    reader.reading = replace(reader.reading, fields={"number": "L898902C3", "issuer": "UTO"})
    case = verifier.by_person.prepare(
        document, selfie, BY_PERSON, document_back=selfie, attended=True, index=index
    )
    assert case.outcome is Outcome.REFER
    assert case.reasons == (Reason.PERSON_ASKED, Reason.PRESENCE_ATTENDED, Reason.DOCUMENT_CONSISTENT)
    assert not isinstance(case, Verification)
    (front, back, today, age) = reader.asked[-1]
    assert back is not None
    assert (front.picture.data, back.picture.data) == (document.data, selfie.data)
    assert (front.faces, back.faces, front.portrait.looked, back.portrait.looked) == ((), (), False, False)
    assert (today, age) == (NOW.date(), 16)
    # Without anything that reads, it is referred all the same.
    case = Verifier(studio.engine, now=lambda: NOW).by_person.prepare(document, selfie, BY_PERSON)
    assert case.reasons[0] is Reason.PERSON_ASKED
    # And these are what looks at faces where a program compares.
    with pytest.raises(AssertionError, match="touched"):
        verifier.verify(document, selfie, SIGNUP)


@pytest.mark.parametrize(
    "consent",
    [
        *(consent for name, consent in REFUSED.items() if name != "to a person's comparison"),
        SIGNUP,
        issue_for_person(purposes()["loyalty"], NOW, "somebody", "their consent"),
        issue_for_person(purposes()["sim-signup"], NOW - timedelta(microseconds=1), "somebody", "c"),
    ],
)
def test_a_document_alone_is_read_under_the_other_token_alone(
    studio: Studio, reader: TellingReader, pictures: tuple[Picture, Picture], consent: PersonToken
) -> None:
    documents = studio.documents(reader)
    with pytest.raises((NotPermitted, AttributeError)):
        documents.under(consent, NOW, "sim-signup")
    with pytest.raises((NotPermitted, AttributeError)):
        PersonDesk(documents, now=lambda: NOW).prepare(*pictures, consent)
    assert reader.asked == []


def test_damaged_pictures_are_told_before_anybody_waits_for_a_person(
    studio: Studio, reader: TellingReader, pictures: tuple[Picture, Picture]
) -> None:
    desk = PersonDesk(studio.documents(reader), now=lambda: NOW)
    with pytest.raises(UnreadablePicture, match="Selfie"):
        desk.prepare(pictures[0], studio.damage(pictures[1]), BY_PERSON)


# By types. `warn_unused_ignores` makes each of these lines fail the check if the call became legal.


def _no_call_type_checks_without_a_token(
    engine: Engine, verifier: Verifier, desk: DocumentDesk, documents: Documents, picture: Picture
) -> None:
    engine.under(BY_PERSON, NOW, "sim-signup")  # type: ignore[arg-type]
    verifier.verify(picture, picture, BY_PERSON)  # type: ignore[arg-type]
    verifier.by_person.prepare(picture, picture, SIGNUP)  # type: ignore[arg-type]
    desk.read(picture, None, date(2026, 11, 25), BY_PERSON)  # type: ignore[arg-type]
    documents.under(SIGNUP, NOW, "sim-signup")  # type: ignore[arg-type]
    verifier.verify(picture, picture)  # type: ignore[call-arg]
    verifier.verify(picture, picture, "sim-signup")  # type: ignore[arg-type]
    verifier.verify(picture, picture, None)  # type: ignore[arg-type]
    verifier.compare(picture, picture)  # type: ignore[call-arg]
    desk.read(picture, None, date(2026, 11, 25))  # type: ignore[call-arg]
    inspect(picture, Subject.SELFIE, Settings(Path()))  # type: ignore[call-arg]
    engine.under(NOW, "sim-signup")  # type: ignore[arg-type]
    engine.find(picture)  # type: ignore[attr-defined]
    engine.compare(picture, picture)  # type: ignore[attr-defined]
    engine.recogniser.template(picture)  # type: ignore[attr-defined]
    documents.read(engine, picture, None, NOW)  # type: ignore[arg-type]


# By what is imported.


def test_the_other_way_imports_nothing_that_processes_faces() -> None:
    path = PACKAGE / "service" / "person_desk.py"
    assert set(_imported_workers(path)) == set()
    assert "engine" not in path.read_text("utf-8")


def test_only_the_engine_reaches_what_processes_faces() -> None:
    reached = {
        (path.relative_to(PACKAGE).as_posix(), name) for path in _served() for name in _imported_workers(path)
    }
    # What the engine opens for live sessions has a file of its own, and is opened by nobody else.
    makers = {"service/engine.py", "service/live_sight.py"}
    assert {where for where, _ in reached} <= {*makers, *_HANDED_ON}, reached
    opened = {path.name for path in _served() if "LiveSight.open" in path.read_text("utf-8")}
    assert opened <= {"engine.py", "live_sight.py", "live_capture.py", "verifier.py"}
    # What the others name is for their annotations: they are handed it, having shown a token.
    for where, name in reached:
        if where not in makers:
            assert name in _HANDED_ON[where]
            assert not _calls(PACKAGE / where, name), f"{where} makes a {name}"


_HANDED_ON = {
    "service/chips.py": {"FaceWork"},
    "service/documents.py": {"FaceWork"},
    "service/live_capture.py": {"LiveSight"},
    "service/verifier.py": {"FaceWork", "LiveSight"},
}


def test_the_search_for_imports_can_find_some() -> None:
    found = set(_imported_workers(PACKAGE / "service" / "engine.py"))
    assert {"Detector", "FaceFinder", "Recogniser", "assess_quality", "compare"} <= found
    assert set(_imported_workers_of("import bonafide.face.embed as e\nfrom bonafide import face\n")) == {
        "bonafide.face.embed",
        "bonafide.face",
    }


def test_the_engine_hands_out_nothing_but_through_the_gate() -> None:
    tree = ast.parse((PACKAGE / "service" / "engine.py").read_text("utf-8"))
    for owner in (Engine, Eyes):
        methods = {
            name: member
            for name, member in vars(owner).items()
            if introspection.isfunction(member) and not name.startswith("_")
        }
        assert set(methods) == {"under"}
    # Only `under` returns what works, and it asks for the token first.
    gates = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "under"]
    assert len(gates) == 2
    for gate in gates:
        statements = [node for node in gate.body if not _is_docstring(node)]
        assert isinstance(statements[0], ast.Expr)
        assert ast.unparse(statements[0]) == "_demand(consent, now, purposes)"
    for worker in (FaceSight, FaceWork):
        assert worker.__module__ == engine_module.__name__


def _served() -> Iterator[Path]:
    """The service, and whatever stands on it but the evaluation's own measuring of models."""
    for room in ("service", "cli", "api", "web", "evaluation"):
        yield from sorted((PACKAGE / room).rglob("*.py"))


def _imported_workers(path: Path) -> Iterator[str]:
    return _imported_workers_of(path.read_text("utf-8"))


def _imported_workers_of(source: str) -> Iterator[str]:
    """Names of workers, and whole face modules, that a source imports."""
    rooms = tuple(f"bonafide.{room}" for room in FACE_ROOMS)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith(rooms))
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                if alias.name in WORKERS and node.module.startswith("bonafide."):
                    yield alias.name
                elif node.module == "bonafide" and whole.startswith(rooms):
                    yield whole


def _calls(path: Path, name: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    )


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
