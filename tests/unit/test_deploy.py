"""What is deployed names what is there: no engine runs here, so that much is held by reading."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from bonafide.api.worker import GRACE_SECONDS
from bonafide.cli.root import COMMANDS
from bonafide.errors import SettingInvalid
from bonafide.settings import Settings
from bonafide.store.url import database_of

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "Containerfile").read_text("utf-8")
# Where others put what is neither ours nor in the repository.
MADE = {"secrets/database_passfile", "secrets/database_password", "secrets/database_superuser_password"}

GIVEN = {"BONAFIDE_OPERATOR": "mobile.example", "TOKEN_LABEL": "bonafide", "PKCS11_LIBRARY": "library.so"}


def instructions(name: str) -> list[str]:
    found = re.findall(rf"^{name} (.*)$", CONTAINERFILE, re.MULTILINE)
    assert found, f"no {name}"
    return found


def compose(name: str) -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / name).read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def filled(text: str, **given: str) -> str:
    """Text with its `${NAME:-default}` and `${NAME:?complaint}` as an engine fills them in."""

    def value(found: re.Match[str]) -> str:
        name, kind, rest = found.groups()
        return given[name] if kind == ":?" else given.get(name) or rest

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", value, text)


def environment(*names: str, **given: str) -> dict[str, str]:
    """What the service is told by these files together, on top of what its image says."""
    found = dict(pair.split("=", 1) for pair in shlex.split(" ".join(instructions("ENV"))))
    for name in names:
        found |= compose(name)["services"]["bonafide"]["environment"]
    return {key: filled(value, **given) for key, value in found.items() if key.startswith("BONAFIDE_")}


def test_every_setting_that_is_named_exists() -> None:
    with pytest.raises(SettingInvalid) as refused:
        Settings.from_environment({"BONAFIDE_NOT": "a setting"})
    known = set(re.findall(r"BONAFIDE_\w+", refused.value.remedy))
    for file in DEPLOY.rglob("*"):
        if file.is_file() and "secrets" not in file.parts:
            assert set(re.findall(r"BONAFIDE_\w+", file.read_text("utf-8"))) <= known, file


def test_the_settings_are_ones_that_the_service_takes() -> None:
    settings = Settings.from_environment(environment("compose.yaml", BONAFIDE_OPERATOR="mobile.example"))
    assert (settings.operator, settings.workers, settings.behind_tls) == ("mobile.example", 2, True)
    assert not settings.bind.loopback
    assert settings.database is not None
    database_of(settings.database)
    assert (settings.production, settings.key_holder) == (False, None)


def test_operation_refuses_keys_in_files() -> None:
    settings = Settings.from_environment(
        environment(
            "compose.yaml",
            "compose.production.yaml",
            **GIVEN,
        )
    )
    assert settings.production
    assert settings.key_holder == (
        "pkcs11:token=bonafide?module-path=/opt/pkcs11/library.so&pin-source=file:/run/secrets/token_pin"
    )


@pytest.mark.parametrize("missing", ["BONAFIDE_OPERATOR", "TOKEN_LABEL", "PKCS11_LIBRARY"])
def test_what_has_no_safe_default_must_be_said(missing: str) -> None:
    given = {name: value for name, value in GIVEN.items() if name != missing}
    with pytest.raises(KeyError, match=missing):
        environment("compose.yaml", "compose.production.yaml", **given)


def test_what_the_image_is_built_from_is_there_and_nothing_else_goes_along() -> None:
    allowed = [
        line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line[0] == "!"
    ]
    copied = [word for line in instructions("COPY") if "--from" not in line for word in line.split()[:-1]]
    assert {"requirements/service.txt", "src", "pyproject.toml"} <= set(copied)
    for name in copied:
        assert (ROOT / name).exists(), name
        assert name in allowed, name
    assert set(allowed) == set(copied)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert next(line for line in ignored if not line.startswith("#")) == "*", (
        "all but what is named is left out"
    )
    assert not any(fnmatch("deploy/secrets/token_pin", name) for name in allowed)


def test_every_step_needs_no_shell() -> None:
    for name in ("RUN", "ENTRYPOINT", "CMD"):
        for line in instructions(name):
            words = json.loads(line)
            assert all(isinstance(word, str) for word in words)
            assert words[0] not in ("sh", "bash", "/bin/sh")
    (health,) = instructions("HEALTHCHECK")
    words = json.loads(health.partition(" CMD ")[2])
    compile(words[-1], "HEALTHCHECK", "exec")
    assert "/healthz" in words[-1]
    assert f"{Settings.from_environment(environment()).bind.port}" in words[-1]


def test_only_what_is_locked_by_hash_is_installed() -> None:
    fetched = [
        words
        for words in map(json.loads, instructions("RUN"))
        if {"install", "wheel"} & set(words[2:5]) and "--no-index" not in words
    ]
    assert len(fetched) == 2
    for words in fetched:
        assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(words)
        assert (ROOT / words[words.index("--requirement") + 1]).is_file()


def test_the_commands_exist() -> None:
    text = CONTAINERFILE + "".join(path.read_text("utf-8") for path in DEPLOY.glob("compose*.yaml"))
    page = (ROOT / "docs" / "deploying.md").read_text("utf-8")
    named = re.findall(r'bin/bonafide", "([a-z-]+)"', text) + re.findall(r"--rm bonafide ([a-z-]+)", page)
    assert {"models", "store", "api-key"} <= set(named)
    assert set(named) | set(json.loads(instructions("CMD")[0])) <= set(COMMANDS)


def test_the_account_is_none_of_the_systems_and_nobody_can_become_more() -> None:
    assert instructions("USER") == ["10001:10001"]
    service = compose("compose.yaml")["services"]["bonafide"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["ulimits"] == {"core": 0}
    assert int(service["stop_grace_period"].removesuffix("s")) > GRACE_SECONDS
    assert not any("privileged" in each for each in compose("compose.yaml")["services"].values())


def test_only_the_service_is_reached_and_only_from_this_machine() -> None:
    found = compose("compose.yaml")
    services = found["services"]
    assert services["bonafide"]["ports"] == ["127.0.0.1:8765:8765"]
    assert [name for name, each in services.items() if "ports" in each] == ["bonafide"]
    assert services["database"]["networks"] == ["inside"]
    assert found["networks"]["inside"] == {"internal": True}


def test_no_secret_is_anywhere_but_in_files_that_are_not_kept() -> None:
    found, more = compose("compose.yaml"), compose("compose.production.yaml")
    assert {each["file"] for each in found["secrets"].values()} == MADE
    script = (DEPLOY / "make_secrets.sh").read_text("utf-8")
    assert set(re.findall(r">(secrets/\w+)", script)) == MADE
    for service in (*found["services"].values(), *more["services"].values()):
        assert set(service.get("secrets", ())) <= {*found["secrets"], *more["secrets"]}
        for name, value in service.get("environment", {}).items():
            assert not re.search("PASSWORD|SECRET|PIN", name) or value.startswith("/run/secrets/"), name
            assert not re.search(r"://[^@/]*:", value), name
    assert "/deploy/secrets/" in (ROOT / ".gitignore").read_text("utf-8").splitlines()
    assert not re.search(r"password|secret|token", "".join(instructions("ENV")), re.IGNORECASE)


def test_what_is_mounted_is_there_or_is_a_volume() -> None:
    for file in ("compose.yaml", "compose.production.yaml"):
        found = compose(file)
        for service in found["services"].values():
            for mount in service.get("volumes", ()):
                source = filled(mount, PKCS11_FOLDER="/opt/maker").split(":")[0]
                if source.startswith("."):
                    assert (DEPLOY / source).is_file(), source
                elif not source.startswith("/"):
                    assert source in found["volumes"], source


def test_passwords_are_made_long_once_and_for_one_account(tmp_path: Path) -> None:
    script = (DEPLOY / "make_secrets.sh").read_text("utf-8").replace("\nchown ", "\n: chown ")
    (tmp_path / "make_secrets.sh").write_text(script, "utf-8")

    def make() -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(("sh", tmp_path / "make_secrets.sh"), capture_output=True, check=False)

    made = make()
    assert (made.returncode, made.stdout, made.stderr) == (0, b"", b"")
    for name in MADE:
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    password = (tmp_path / "secrets/database_password").read_text("ascii")
    assert re.fullmatch("[0-9a-f]{64}", password)
    assert (tmp_path / "secrets/database_passfile").read_text() == f"*:*:bonafide:bonafide:{password}\n"
    assert (tmp_path / "secrets/database_superuser_password").read_text() != password
    assert make().returncode == 1
    assert (tmp_path / "secrets/database_password").read_text("ascii") == password
