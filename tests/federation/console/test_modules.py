"""The counter screen's modules: small, bound to this host, and without a way from text to markup."""

from __future__ import annotations

import re

import pytest

from federation.console import STATIC_FILES

MODULES = sorted(STATIC_FILES.rglob("*.js"))
LARGEST_MODULE = 260
MARKUP_SINKS = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser")
KEPT_IN_BROWSER = re.compile(r"sessionStorage|indexedDB|document\.cookie|history\.(push|replace)State|console\.\w+\(")


def named(pattern: re.Pattern[str]) -> list[str]:
    return [module.name for module in MODULES if pattern.search(module.read_text("utf-8"))]


def test_no_module_makes_markup_or_code_from_text():
    assert named(MARKUP_SINKS) == []


def test_only_the_language_is_kept_in_the_browser_and_nothing_is_logged():
    assert named(KEPT_IN_BROWSER) == []
    assert named(re.compile(r"localStorage")) == ["language.js"]


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_imports_files_that_are_there_and_says_what_it_is_for(module):
    text = module.read_text("utf-8")
    imports = re.findall(r"from '([^']*)'", text)
    assert all(address.startswith("/console/") for address in imports)
    assert [address for address in imports if not (STATIC_FILES / address.removeprefix("/console/")).is_file()] == []
    assert text.startswith("// ")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_module_is_small(module):
    assert len(module.read_text("utf-8").splitlines()) <= LARGEST_MODULE


def test_the_page_has_no_script_and_no_style_inside():
    page = (STATIC_FILES / "index.html").read_text("utf-8")
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", page) == []
    addresses = re.findall(r'(?:src|href)="([^"]*)"', page)
    assert [address for address in addresses if not address.startswith("/console/")] == []
