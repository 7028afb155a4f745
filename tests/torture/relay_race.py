"""The work that is done while processes die: pairs of instances, run to their ends by programs over HTTP.

A pair is a `relay` (three user tasks, a timer, a user task, a message) and a `relay_end` that waits for the message
and has two user tasks more. So every pair needs six completions, a scheduler twice, and an effect of the outbox.
"""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Callable
from datetime import timedelta

from app import clock
from tests.torture.programs import Entry, Journal, Program, Reply

PER_PAIR = 6
CLIENTS = 8
LOOK_EVERY = 0.5  # seconds

Choose = Callable[[], str]
Answered = Callable[[Entry, Reply, str], None]


class RelayRace:
    """timeout: seconds after which a program tries again.

    choose_death: asked before each completion where the server is to die of it; answered: told what became of it.
    """

    def __init__(
        self,
        port: int,
        tokens: list[str],
        pairs: int,
        *,
        timeout: float = 30,
        choose_death: Choose = lambda: "",
        answered: Answered = lambda _entry, _reply, _die: None,
    ) -> None:
        self.journal = Journal()
        self.wanted = pairs * PER_PAIR
        self.completed = 0
        self.refused: list[tuple[Entry, Reply]] = []
        self._port, self._tokens, self._timeout = port, tokens, timeout
        self._pairs = iter(range(pairs))
        self._choose_death, self._answered = choose_death, answered
        # No SimpleQueue: its get() waits for ever when another takes what it was woken for too late (CPython 3.11).
        self._tasks: queue.Queue[str] = queue.Queue()
        self._seen: set[str] = set()
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._failures: list[BaseException] = []

    def run(self) -> None:
        """Until everything is completed. Raises what a client raised, AssertionError when something was refused."""
        threads = [
            threading.Thread(target=self._guarded, args=(self._work, token))
            for token, _ in zip(itertools.cycle(self._tokens), range(CLIENTS), strict=False)
        ]
        threads.append(threading.Thread(target=self._guarded, args=(self._look, self._tokens[0])))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]
        assert not self.refused, self.refused

    @property
    def is_over(self) -> bool:
        return self._is_over.is_set()

    def _guarded(self, work: Callable[[Program], None], token: str) -> None:
        program = Program(self._port, token, self._timeout)
        try:
            work(program)
        except BaseException as failure:
            self._failures.append(failure)
            self._is_over.set()
            raise
        finally:
            program.close()

    def _work(self, program: Program) -> None:
        while not self._is_over.is_set():
            try:
                self._complete(program, self._tasks.get(timeout=0.02))
            except queue.Empty:
                self._start_pair(program)

    def _complete(self, program: Program, task_id: str) -> None:
        die = self._choose_death()
        path = f"/user-tasks/{task_id}/completion"
        entry = self.journal.entry(f"complete:{task_id}", path, {"variables": {"outcome": "done"}})
        reply = program.insist(entry, die)
        self._answered(entry, reply, die)
        if not reply.is_success:
            self._give_up(entry, reply)
            return
        with self._lock:
            self.completed += 1
            if self.completed == self.wanted:
                self._is_over.set()
        self._offer([opened["id"] for opened in reply.body["opened"]])

    def _start_pair(self, program: Program) -> None:
        with self._lock:
            number = next(self._pairs, None)
        if number is None:
            return
        pause_until, guard_at = clock.now() + timedelta(seconds=1), clock.now() + timedelta(days=1)
        for key, due in (("relay_end", {"guard_at": guard_at}), ("relay", {"pause_until": pause_until})):
            body = {
                "definition_key": key,
                "business_key": f"race-{number}",
                "variables": {name: at.isoformat() for name, at in due.items()},
            }
            entry = self.journal.entry(f"start:{key}:race-{number}", "/process-instances", body)
            reply = program.insist(entry)
            if not reply.is_success:
                self._give_up(entry, reply)

    def _give_up(self, entry: Entry, reply: Reply) -> None:
        """What was refused is never completed, so that all would wait for ever."""
        self.refused.append((entry, reply))
        self._is_over.set()

    def _look(self, program: Program) -> None:
        """Find what the scheduler opened, as a person finds it in the inbox."""
        while not self._is_over.wait(LOOK_EVERY):
            for key in ("relay", "relay_end"):
                reply = program.patient_get(f"/user-tasks?mine=true&status=open&definition_key={key}")
                assert reply.status == 200, reply
                self._offer([task["id"] for task in reply.body["items"]])

    def _offer(self, task_ids: list[str]) -> None:
        with self._lock:
            new = [task_id for task_id in task_ids if task_id not in self._seen]
            self._seen.update(new)
        for task_id in new:
            self._tasks.put(task_id)
