"""Runs workers on Ray Data. The only module that imports ray.

Ray moves slices of the manifest (some kB each) to workers and counts back; pixels and captions never pass through it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from ..dataset.choices import EXTRAS
from ..errors import PatchMattersError, in_short
from ..models.hosted.budget import Budget, Refusal
from .manifest import Part, read_rows
from .results import rows_in
from .sources import Row
from .storage import Storage
from .worker import Done, Work, Worker

# Seconds in which a cluster or a server has to take a connection; Ray itself tries for minutes.
CONNECT_SECONDS = 10
LOCAL = "local"  # Ray's own word for: start it on this machine
TOKEN = Path.home() / ".ray" / "auth_token"
STORE = 200_000_000  # bytes of the object store of a Ray that is started here: slices are small
SLICES_AT_ONCE = 3  # of a worker: while one ends, another fills the gap
# Of a worker's CPU, what is left to the tasks that read the manifest, which wait for no CPU of their own.
WORKER_CPU, TASK_CPU = 0.9, 0.05


@dataclass(frozen=True)
class Cluster:
    """Where to run.

    Attributes:
        address: of a Ray cluster, "auto" for the one that this machine belongs to, `LOCAL` to start one here.
        workers: processes; 0 for one for each CPU.
        gpus: of each worker, for models on GPUs; a fraction where several share one.
    """

    address: str = LOCAL
    workers: int = 0
    gpus: float = 0.0


def import_ray(cluster: Cluster) -> None:
    """Import Ray, which reads settings from the environment then.

    Raises:
        PatchMattersError: it is not installed.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # sends nothing about the run to anyone
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")  # what matters comes as an exception
    if cluster.address != LOCAL and (TOKEN.is_file() or "RAY_AUTH_TOKEN" in os.environ):
        # A cluster that is started where there is a token asks for it, but `ray.init` does not send it by itself.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
    try:
        import ray
        import ray.data  # noqa: F401
    except ImportError as error:
        raise PatchMattersError(
            "--ray needs Ray, which is not installed: run.py --extra ray installs it, or "
            f'python -m pip install "{EXTRAS["ray"][0]}".'
        ) from error


def connect(cluster: Cluster) -> int:
    """Start Ray, or connect to it; return the number of workers that a run should have.

    Raises:
        PatchMattersError: ray is not installed, or there is no cluster at that address.
    """
    import_ray(cluster)
    import ray

    logging.getLogger("ray.data").setLevel(logging.ERROR)
    warnings.filterwarnings("ignore", category=UserWarning, module="ray")
    core = Path(__file__).parent.parent  # the workers need this package, wherever they run
    quiet = {"log_to_driver": False, "logging_level": "ERROR"}
    if ray.is_initialized():
        pass
    elif cluster.address == LOCAL:
        paths = [str(core.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        os.environ["PYTHONPATH"] = os.pathsep.join(paths)
        try:
            with _without_log():
                ray.init(
                    address=LOCAL,  # or a cluster that runs on this machine would be used
                    num_cpus=cluster.workers or None,
                    include_dashboard=False,
                    object_store_memory=STORE,
                    **quiet,
                )
        except Exception as error:  # Ray raises plain ones
            raise PatchMattersError(
                f"--ray: Ray did not start on this machine ({in_short(error)}): try again when it is less busy."
            ) from error
    else:
        _check_address(cluster.address)
        with _without_log() as log:
            try:
                ray.init(address=cluster.address, runtime_env={"py_modules": [str(core)]}, **quiet)
            except (ConnectionError, ValueError, RuntimeError) as error:
                if "InvalidAuthToken" in log():
                    raise PatchMattersError(
                        f"--ray: the cluster at {cluster.address} asks for a token: copy ~/.ray/auth_token from its "
                        "head to this machine."
                    ) from error
                raise PatchMattersError(
                    f"--ray: there is no Ray cluster at {cluster.address} ({in_short(error)}): check the address that "
                    "`ray start --head` printed."
                ) from error
    found = ray.cluster_resources()
    workers = cluster.workers or max(1, int(found.get("CPU", 1)))
    if cluster.gpus:
        if not found.get("GPU"):
            raise PatchMattersError(
                "--ray-gpus: no machine of the cluster has a GPU: leave it out."
            )
        workers = min(workers, max(1, int(found["GPU"] / cluster.gpus)))
    return workers


def _check_address(address: str) -> None:
    """Check that something takes connections at HOST:PORT; other forms are left to Ray.

    Raises:
        PatchMattersError: nothing does.
    """
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdecimal():
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), CONNECT_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise PatchMattersError(
            f"--ray: nothing answers at {address} ({in_short(error)}): check the address that `ray start --head` "
            "printed, and that a firewall lets it through."
        ) from error


@contextlib.contextmanager
def _without_log() -> Iterator[Callable[[], str]]:
    """Keep what Ray's C++ part writes to the standard error away within; gives a function that returns it so far."""
    with tempfile.TemporaryFile() as file:

        def log() -> str:
            file.seek(0)
            return file.read().decode(errors="replace")

        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            yield log
        finally:
            os.dup2(kept, 2)
            os.close(kept)


def caption_slices(
    work: Work, todo: Sequence[tuple[Part, Mapping[int, int]]], cluster: Cluster, workers: int
) -> Iterator[Done]:
    """Caption slices of the manifest on Ray, and yield what came of each. Call `connect` first.

    Args:
        todo: parts, each with the first rows of the slices that have work in them, and how many images of each are to
            be captioned.

    Raises:
        PatchMattersError: the run cannot go on; what is done is written.
    """
    import pyarrow as pa
    import ray
    from ray.data import ActorPoolStrategy

    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    # Every row that a task gives becomes a block, so that each slice is a task of its own for the workers.
    context.target_max_block_size = 1
    context.verbose_stats_logs = False
    tables = [
        pa.table(
            {
                "part": [part.number],
                "rows": [part.rows],
                "slices": [list(slices)],
                "most": [list(slices.values())],
            }
        )
        for part, slices in todo
    ]
    data = (
        ray.data.from_arrow(tables)
        .map_batches(
            _slices,
            fn_args=(work.place,),
            batch_size=1,
            batch_format="pyarrow",
            num_cpus=TASK_CPU,
        )
        .map_batches(
            _RayWorker,
            fn_constructor_args=(work,),
            batch_size=1,
            batch_format="pyarrow",
            num_cpus=WORKER_CPU,
            num_gpus=cluster.gpus,
            compute=ActorPoolStrategy(
                size=min(workers, sum(len(slices) for _, slices in todo) or 1),
                max_tasks_in_flight_per_actor=2 * SLICES_AT_ONCE,
                max_concurrent_calls_per_actor=SLICES_AT_ONCE,
                enable_true_multi_threading=True,
            ),
        )
    )
    try:
        for batch in data.iter_batches(batch_size=None, batch_format="pyarrow", prefetch_batches=0):
            for row in batch.to_pylist():
                done = Done(**row)
                if done.stop:
                    raise PatchMattersError(done.stop)
                yield done
    except ray.exceptions.RayError as error:
        raise PatchMattersError(f"Ray ended the run: {in_short(error)}") from error


def _slices(batch, place: str):
    """Yield a row for each slice of a part, with its rows of the manifest in it.

    It gives the same each time, because Ray calls it again where its results are lost.
    """
    import pyarrow as pa

    (task,) = batch.to_pylist()
    part = Part(task["part"], task["rows"])
    rows = read_rows(Storage(place), part)
    for first, most in zip(task["slices"], task["most"]):
        images = [asdict(row) for row in rows[first : first + rows_in(part, first)]]
        found = {"part": part.number, "rows": part.rows, "first": first, "most": most}
        yield pa.Table.from_pylist([{**found, "images": images}])


class _RayWorker:
    """A worker as an actor of Ray Data."""

    def __init__(self, work: Work):
        self._worker: Worker | None = None
        try:
            self._worker = Worker(work)
        except PatchMattersError as error:
            self._error = str(error)

    def __call__(self, batch):
        import pyarrow as pa

        (task,) = batch.to_pylist()
        rows = [Row(**row) for row in task["images"]]
        try:
            if self._worker is None:
                done = Done(stop=self._error)
            else:
                part = Part(task["part"], task["rows"])
                done = self._worker.caption(part, task["first"], rows, task["most"])
        except PatchMattersError as error:  # as a row: Ray would wrap it into its own
            done = Done(stop=str(error))
        return pa.Table.from_pylist([asdict(done)])


class SharedBudget(Budget):
    """Counts the requests of all workers of a run, as `Budget` does in one process. Made after `connect`."""

    def __init__(self) -> None:
        import ray

        # Restarted where it dies; what it had counted is then lost.
        keeper = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=-1)(Budget)
        self._keeper = keeper.remote()

    def take(self, wanted: int, permitted: int, *, fresh: bool = False) -> Refusal | None:
        """Reserve requests (see `Budget.take`)."""
        import ray

        return ray.get(self._keeper.take.remote(wanted, permitted, fresh=fresh))

    @property
    def plan(self) -> None:
        """A command makes no plan."""

    @property
    def used(self) -> int:
        """Return how many requests all workers have reserved."""
        import ray

        return ray.get(self._keeper.__ray_call__.remote(lambda budget: budget.used))
