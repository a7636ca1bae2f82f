import subprocess
import sys
from pathlib import Path

import pytest

from core.lazy import submodules_of

ROOT = Path(__file__).parents[2]


def test_a_submodule_is_imported_when_it_is_first_used():
    code = "import sys, core; a = 'core.report' in sys.modules; core.report.as_text; print(a, 'core.report' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "False True\n", done.stderr


def test_a_name_that_is_no_module_is_an_attribute_error():
    import core

    assert not hasattr(core, "no_such_module")


def test_a_missing_package_is_named_and_not_taken_for_a_missing_module(tmp_path, monkeypatch):
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer" / "__init__.py").touch()
    (tmp_path / "outer" / "inner.py").write_text("import not_installed")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(ModuleNotFoundError, match="not_installed"):
        submodules_of("outer")("inner")
