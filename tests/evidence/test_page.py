"""The verifier in a browser, opened as a file with the network off: as a court opens it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.evidence import check
from cli.evidence.bundle import Bundle
from cli.evidence.page import page
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.origins import Origin
from ledger.proofs.signatures import cosigned, key_of_witness, signed
from tests.archive.browser import chromium
from tests.evidence.mutations import edited
from tests.evidence.test_forgeries import anew, changed, setting
from tests.examples import share_of
from tests.looked import some_of
from tests.proofs.keys import key_of
from tests.proofs.whole import WITNESS, whole
from tests.web.axe import wrong_with

pytestmark = pytest.mark.slow
COPIES = share_of(50)
"""50 where RALLY_EXAMPLES is 1, 200 where it is 4."""
DONE = "body[data-state=consistent], body[data-state=accepted], body[data-state=refused]"
MARKUP = "<img src=x onerror=document.body.remove()>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@contextlib.contextmanager
def opened(browser: Any, path: Path, **how: Any) -> Iterator[Any]:
    """The page, offline; it logs no error, and asks for nothing but itself."""
    context = browser.new_context(offline=True, **how)
    found = context.new_page()
    wrong: list[str] = []
    found.on("console", lambda said: wrong.append(said.text))
    found.on("pageerror", lambda error: wrong.append(str(error)))
    found.on("dialog", lambda said: wrong.append(said.message))
    asked: list[str] = []
    found.on("request", lambda each: asked.append(each.url))
    found.goto(path.as_uri())
    yield found
    assert wrong == []
    assert asked == [path.as_uri()]
    context.close()


def judged(found: Any, data: bytes, name: str = "evidence.zip") -> tuple[str, list[str]]:
    """What the page says of a file that is chosen in it: its verdict, and what does not fit."""
    found.wait_for_selector("body:not([data-state=checking])")
    found.evaluate("document.body.dataset.state = 'chosen'")
    upload = {"name": name, "mimeType": "application/zip", "buffer": data}
    found.set_input_files("#file", [upload])
    found.wait_for_selector(DONE, timeout=60_000)
    return found.inner_text("#verdict"), found.locator("#wrong li").all_inner_texts()


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """The page without an evidence file."""
    path = tmp_path / "verify.html"
    path.write_bytes(page())
    return path


def test_a_double_click_checks_what_is_in_it(browser: Any, made: Bundle, tmp_path: Path) -> None:
    """The evidence in the page: what was checked, what was not, and never a plain OK."""
    path = tmp_path / "evidence.html"
    path.write_bytes(page(made.data))
    with opened(browser, path) as found:
        found.wait_for_selector(DONE, timeout=60_000)
        assert found.inner_text("#verdict") == "Consistent in itself"
        assert "whose it is was not checked" in found.inner_text("#means")
        done = found.locator("#done li").all_inner_texts()
        assert "28 records without a gap: ids, leaf hashes, and the root over them" in done
        left = found.inner_text("#left")
        assert "whose it is: no key is trusted" in left
        assert "rules were not applied" in left
        assert check.sha256(made.data) in found.inner_text("#basis")
        assert wrong_with(found) == []
        found.fill("#roots", "0123456789")
        found.click("text=Check again")
        found.wait_for_selector("body[data-state=refused]", timeout=60_000)
        assert "has the root 0123456789" in found.inner_text("#wrong")


def test_each_edited_copy_is_refused_with_the_right_words(
    browser: Any, made: Bundle, empty: Path
) -> None:
    """Many copies that the checker in Python refuses: each in the file that it names."""
    refused = 0
    with opened(browser, empty) as found:
        for what, data in some_of(edited({**made.files}, 21, 2 * COPIES)):
            files = check.unpacked(data)
            known = check.checked(files, (), check.difference(data, files)).findings
            if not known or refused == COPIES:
                continue
            verdict, wrong = judged(found, data)
            assert verdict == "Refused", what
            assert {_where(each) for each in known} & {_where(each) for each in wrong}, what
            refused += 1
        assert judged(found, made.data) == ("Consistent in itself", [])
    assert refused == COPIES


def _where(finding: str) -> str:
    return re.split("[: ]", finding)[0]


def test_nothing_of_it_becomes_markup(browser: Any, made: Bundle, empty: Path) -> None:
    """Values, names of files and of the rally that would be elements are texts."""
    forged = changed(made, "decision.json", setting("entry", "ruling", to=MARKUP))
    with opened(browser, empty) as found:
        verdict, wrong = judged(found, anew(forged))
        assert verdict == "Refused"
        assert any(MARKUP in each for each in wrong)
        verdict, wrong = judged(found, anew({**made.files, MARKUP: b""}))
        assert any(MARKUP in each for each in wrong)
        verdict, wrong = judged(found, b"no zip", f"{MARKUP}.zip")
        assert verdict == "Refused"
        assert found.locator("img").count() == 0


def test_a_trusted_key_says_whose_it_is(browser: Any, made: Bundle, empty: Path) -> None:
    """A checkpoint that was kept, by the log's key: accepted; by another, or of a fork: not."""
    key, club = key_of("log"), key_of("club")
    log = made.case.seen.log
    origin = Origin(log.at(1).leaf.hex()[:16], log.rally, "main").text
    right = signed(Checkpoint(origin, 20, bytes.fromhex(log.root_at(20))), key)
    witnessed = cosigned(right, "club.example", club, 1_772_000_000)
    fork = signed(Checkpoint(origin, 20, bytes(32)), key)
    policy = "\n".join(
        (f"witness club {key_of_witness('club.example', club.public).text}", "quorum club\n")
    )
    with opened(browser, empty) as found:
        found.fill("#trust", key.public.line)
        papers = [
            {"name": "kept", "mimeType": "text/plain", "buffer": witnessed.to_bytes()},
            {"name": "policy", "mimeType": "text/plain", "buffer": policy.encode()},
        ]
        found.set_input_files("#papers", papers)
        assert judged(found, made.data) == ("Accepted", [])
        assert key.public.fingerprint in found.inner_text("#means")
        assert "it is witnessed as the policy asks" in found.inner_text("#done")
        found.fill("#trust", key_of("other").public.line)
        assert judged(found, made.data)[0] == "Consistent in itself"
        assert "no checkpoint here is signed by the key" in found.inner_text("#left")
        paper = {"name": "other", "mimeType": "text/plain", "buffer": fork.to_bytes()}
        found.set_input_files("#papers", [paper])
        verdict, wrong = judged(found, made.data)
        assert verdict == "Refused"
        assert any("this is not the history that was there" in each for each in wrong)


def test_a_proof_is_checked_by_itself(browser: Any, empty: Path) -> None:
    """That nothing was left out for a crew: no evidence file lies beside it, a policy may."""
    log, club = whole(), key_of_witness(WITNESS, key_of("club").public).text
    right = log.proof("crew", "102").to_bytes()
    policy = f"witness club {club}\nquorum club\n".encode()

    def dropped(**files: bytes) -> str:
        told = [{"name": n, "mimeType": "text/plain", "buffer": each} for n, each in files.items()]
        found.set_input_files("#papers", told)
        found.wait_for_selector(DONE, timeout=60_000)
        verdict: str = found.inner_text("#verdict")
        return verdict

    with opened(browser, empty) as found:
        assert dropped(crew=right) == "Consistent in itself"
        said = "crew: If its checkpoint is right: crew 102 and 202 up to #21, complete: "
        assert said in found.inner_text("#done")
        assert "the tags of 2 withheld records" in found.inner_text("#left")
        assert "rules were not applied" not in found.inner_text("#left")
        found.fill("#trust", key_of("log").public.line)
        assert dropped(policy=policy) == "Accepted"
        assert "Proven: crew 102 and 202" in found.inner_text("#done")
        assert "it is witnessed as the policy asks" in found.inner_text("#done")
        assert dropped(crew=right.replace(b'"number":"202"', b'"number":"203"')) == "Refused"
        assert "What was handed over does not hold together" in found.inner_text("#means")
        assert "its content was altered" in found.inner_text("#wrong")


@pytest.mark.parametrize(
    "how", [{"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 700}}]
)
def test_it_is_readable_everywhere(
    browser: Any, made: Bundle, empty: Path, how: dict[str, Any]
) -> None:
    """By night and on a phone: contrast, names of fields, and nothing is cut off at the side."""
    with opened(browser, empty, **how) as found:
        judged(found, made.data)
        assert wrong_with(found) == []
        assert found.evaluate("document.documentElement.scrollWidth <= innerWidth")
