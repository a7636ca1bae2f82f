"""Every architecture of transformers that sees: its own classes, files and caches, tiny random weights.

The ordinary run takes a few of each kind of cache; `--full` takes all that this transformers has.
"""

import pytest
from zoo.build import known, make
from zoo.checks import CHECKS, Subject
from zoo.table import EVERY_DAY, KINDS


@pytest.fixture(scope="module")
def subjects(tmp_path_factory):
    folder, last = tmp_path_factory.mktemp("zoo"), {}

    def get(name):
        if name not in last:  # one at a time: their checks follow each other
            last.clear()
            last[name] = Subject(make(name, KINDS[name], folder / name))
        return last[name]

    return get


def architectures():
    for name in KINDS:
        marks = () if name in EVERY_DAY else (pytest.mark.full,)
        yield pytest.param(name, marks=marks)


@pytest.mark.parametrize("name", architectures())
def test_an_architecture_serves(subjects, name):
    if not known(name):
        pytest.skip("this transformers does not have it")
    subject = subjects(name)
    for check in CHECKS:
        check(subject)
