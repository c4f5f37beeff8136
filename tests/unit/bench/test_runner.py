"""The benchmark runner fails when it should."""

import sys
from types import ModuleType

import pytest

import bench
from bench.__main__ import main
from bench.report import Row, figure


@pytest.fixture
def benchmarks(monkeypatch, tmp_path):
    """Write modules named `bench_…` that only this test sees."""

    def write(**sources: str) -> None:
        for name, body in sources.items():
            (tmp_path / f"bench_{name}.py").write_text(f"from bench.report import Row\ndef run():\n    {body}\n")
            monkeypatch.delitem(sys.modules, f"bench.bench_{name}", raising=False)

    monkeypatch.setattr(bench, "__path__", [str(tmp_path)])
    yield write
    for name in [name for name in sys.modules if name.startswith("bench.bench_")]:
        module: ModuleType = sys.modules.pop(name)
        vars(bench).pop(module.__name__.rpartition(".")[2], None)


def test_all_bars_kept(benchmarks, capsys):
    benchmarks(one="return [Row('speed', 1.5, 'ms', '≤ 2', 'other', 3.0, True), Row('size', 7, 'kB')]")

    assert main() == 0
    printed = capsys.readouterr().out
    assert "≤ 2 ms" in printed
    assert "other: 3 ms" in printed


def test_one_bar_missed(benchmarks, capsys):
    benchmarks(
        one="return [Row('speed', 3, 'ms', '≤ 2', ok=False)]", two="return [Row('size', 1, 'kB', '≤ 2', ok=True)]"
    )

    assert main() == 1
    assert "MISSED  one: speed" in capsys.readouterr().out


def test_a_broken_benchmark_fails_but_the_others_run(benchmarks, capsys):
    benchmarks(one="raise RuntimeError('boom')", two="return [Row('size', 1, 'kB', ok=True)]")

    assert main() == 1
    assert "size" in capsys.readouterr().out


def test_a_benchmark_without_figures_fails(benchmarks):
    benchmarks(one="return []")

    assert main() == 1


def test_only_takes_what_is_named(benchmarks):
    benchmarks(sockets="return [Row('x', 1, 'ms', ok=True)]", imports="raise RuntimeError")

    assert main("sock") == 0
    assert main("nothing-like-this") == 2


@pytest.mark.parametrize(
    ("value", "shown"), [(0.01234, "0.0123"), (4.561, "4.56"), (78.94, "78.9"), (12345.6, "12 346")]
)
def test_figures(value, shown):
    assert figure(value) == shown


def test_a_row_needs_no_peer():
    assert Row("x", 1, "ms").peer_measured is None
