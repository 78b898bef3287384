"""A bar of progress beside the output, for work that can be counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from regulars.doors.cli.screen import console


@contextmanager
def counting(title: str, unit: str, quiet: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A function to be told how much is done, and of how much where that is known; it shows nothing where there is no terminal."""
    beside = console(beside=True)
    if quiet or not beside.is_terminal:
        yield lambda _done, _of: None
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (
        SpinnerColumn(),
        TextColumn(title, markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[said]}", markup=False),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=beside, transient=True) as progress:
        task = progress.add_task("", total=None, said="")

        def moved(done: int, of: int | None) -> None:
            progress.update(task, total=of, completed=done, said=f"{done:,} {unit}")

        yield moved
