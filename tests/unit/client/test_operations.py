"""Every operation of the API has a method of the client, and no method asks for what is not there."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from bonafide.api.app import describe
from bonafide.client import machines, people, service

# What programs read of the service itself.
OTHERS = {("GET", "/v1/openapi.json")}


def operations(module: ModuleType) -> Iterator[tuple[str, str, str]]:
    """Method, path and safety of each `Operation` that a public function of a module uses, or one that these
    share.
    """
    for function in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(function, ast.FunctionDef):
            for call in ast.walk(function):
                if (
                    isinstance(call, ast.Call)
                    and isinstance(call.func, ast.Name)
                    and call.func.id == "Operation"
                ):
                    method, path, *again = map(ast.unparse, call.args)
                    yield (
                        ast.literal_eval(method),
                        ast.literal_eval(path),
                        again[0] if again else "Again.ALWAYS",
                    )


USED = {found for module in (machines, people, service) for found in operations(module)}
DESCRIBED: dict[tuple[str, str], Any] = {
    (method.upper(), path): said
    for path, methods in describe()["paths"].items()
    for method, said in methods.items()
}


def test_every_operation_has_a_method_and_every_method_an_operation() -> None:
    assert len(DESCRIBED) > 15
    assert {(method, path) for method, path, _ in USED} == set(DESCRIBED) - OTHERS


def test_what_bears_a_key_is_what_takes_one() -> None:
    for method, path, again in USED:
        takes = any(
            each["name"] == "Idempotency-Key" for each in DESCRIBED[method, path].get("parameters", ())
        )
        if again == "Again.KEYED":
            assert takes, path
        elif again == "Again.ALWAYS":
            assert method in ("GET", "DELETE") or path == "/v1/lines/search"
        else:
            assert not takes, path
