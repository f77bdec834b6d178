"""Its mutations: what they make of bad input, and of the same input twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

import orjson

from core.db.model import camel
from core.text import Text
from schema.conformance.outcome import Check, Skipped
from schema.conformance.stand import Stand
from schema.kit.attack import Case
from schema.kit.door import Told
from schema.kit.forms import Form, document, forms, values

NOBODY = "0" * 32
LONG = "x" * 20_000
DEFECT, KEY = "INTERNAL", "idempotencyKey"
NO_MUTATIONS = Text("it has no mutations", "没有变更操作")
NONE_DONE = Text("none could be done with made-up input", "以虚构输入无法完成任何变更")


def own(case: Case, stand: Stand) -> list[Form]:
    """The plugin's mutations."""
    found = [form for form in forms(case) if form.path[0] == stand.subject.manifest.id]
    if not found:
        raise Skipped(NO_MUTATIONS)
    return found


def bad_inputs(form: Form, good: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(what is wrong, input): one bad value at a time; null where it is not needed."""
    for name, value in good.items():
        fills = next((f for n, f in form.fills.items() if camel(n) == name), None)
        if fills is not None and fills.prefix is not None:
            for bad in ("", "nonsense", f"{fills.prefix}_{NOBODY}", f"zzz_{NOBODY}"):
                yield f"{name}: {bad!r}", {**good, name: bad}
        elif isinstance(value, str):
            for label, text in (("''", ""), ("' '", " "), ("20000 × x", LONG), (r"'\x07'", "\x07")):
                yield f"{name}: {label}", {**good, name: text}
        elif isinstance(value, int):
            for number in (0, -1, 2**31 - 1):
                yield f"{name}: {number}", {**good, name: number}
        yield f"{name}: null", {**good, name: None}


async def malformed(stand: Stand) -> AsyncIterator[str]:
    """Whatever is sent, the answer is a typed error or a refusal, never a defect."""
    case = stand.case(stand.widest)
    async with stand.under(stand.wide):
        for form in own(case, stand):
            good = values(case, form, form.free)
            async with stand.stage.restored():
                for label, given in bad_inputs(form, good):
                    codes = _codes(await _sent(stand, case, form, given))
                    if DEFECT in codes:
                        yield f"{'.'.join(form.path)}({label})"


async def repeated(stand: Stand) -> AsyncIterator[str]:
    """The same key and input again changes nothing and gives the same; other input is refused."""
    case, done, refused = stand.case(stand.widest), 0, list[str]()
    async with stand.under(stand.wide):
        for number, form in enumerate(own(case, stand)):
            name = ".".join(form.path)
            if KEY not in stand.subject.schema.input_type(form.target.input).fields:
                yield f"{name}: {KEY}"
                done += 1
                continue
            given = {**values(case, form), KEY: f"check {number}"}
            async with stand.stage.restored():
                first = await _sent(stand, case, form, given)
                if not _is_done(first, form):
                    refused.append(f"{name}: {_said(first, form)}")
                    continue
                done += 1
                after = await stand.dump()
                again = await _sent(stand, case, form, given)
                if again.body != first.body:
                    yield f"{name}: {again.body.decode()[:300]}"
                if await stand.dump() != after:
                    yield f"{name}: {' '.join(sorted(after))}"
    if not done:
        raise Skipped(NONE_DONE, refused)


async def _sent(stand: Stand, case: Case, form: Form, given: Mapping[str, Any]) -> Told:
    return await stand.ask(stand.widest, document(case, form, given))


def _result(told: Told, form: Form) -> Mapping[str, Any]:
    """What a mutation answered: its payload, an error, or nothing."""
    found = told.data
    for name in form.path:
        found = (found or {}).get(name)
    return found or {}


def _is_done(told: Told, form: Form) -> bool:
    found = _result(told, form)
    return bool(found) and "code" not in found


def _said(told: Told, form: Form) -> str:
    """Why it was not done, in its own words."""
    found = _result(told, form)
    codes = [found["code"]] if "code" in found else _codes(told)
    return " ".join([*codes, found.get("field") or "", found.get("message") or ""]).strip()


def _codes(told: Told) -> list[str]:
    """The codes of all errors in an answer."""
    return [error["extensions"]["code"] for error in orjson.loads(told.body).get("errors", ())]


CHECKS = (
    Check(
        "malformed",
        Text(
            "bad input ends in a typed error or a refusal, never in a defect",
            "错误输入得到类型化错误或拒绝，绝不出现内部缺陷",
        ),
        Text(
            "check it in the service: InvalidInput, NotFound, Conflict",
            "请在服务中校验：InvalidInput、NotFound、Conflict",
        ),
        tries=malformed,
    ),
    Check(
        "repeated",
        Text("a mutation sent again with its idempotency key is done once", "带幂等键重发的变更只执行一次"),
        Text(
            "act through `call.work` alone; have inputs derive from Input",
            "只通过 `call.work` 操作；输入类型须派生自 Input",
        ),
        tries=repeated,
    ),
)
