"""The bench: what the ledger does in a second, and how that compares; one table from one run.

    python -m venv bench-env        # eventsourcing-sqlalchemy needs SQLAlchemy before 2.1,
    . bench-env/bin/activate        # so it has an environment of its own
    pip install -e '.[bench]'
    python -m tests.bench           # a synthetic rally of 1,000,000 records; some twenty minutes
    python -m tests.bench --ledger big.db --small small.db
    python -m tests.bench --records 5000 --quick
    python -m tests.bench --records 100000 --check 200

Where eventsourcing-sqlalchemy is not installed, its lines say so and everything else is measured.

Machines differ and so do hours: what counts is the ratio. Both sides of a ratio are measured in
turn, round after round, in this one run, so that a busy machine slows down both alike; the ratio is
the median of the rounds, and beside it stand the lowest and the highest. A line with a target says
whether it is met. The exit code is 1 if one is missed and 0 otherwise. With `--quick` the run only
shows that everything can be measured: too little is measured to judge, and the exit code is 0.

With `--check` nothing is measured: at random moments the standings, those after a stage, its result
and the lists of retirements, finishers and penalties come from the timeline and from a replay of
the log from its first record, and must be the same. Processes share the work. The exit code is 1
if one differs.

An existing ledger is copied first and never written. What is measured:

- *Full replay*: read, decode and fold every record into a timeline that answers at any moment.
  Against it stand loops over the same bytes with nothing but `sqlite3` and `msgspec`, and two
  recorders of the `eventsourcing` library with its own mapper. Theirs hold the same occurrences as
  one general kind of event, which costs them less than a class for each; they only decode and fold
  nothing. *Read and sort alone* is the first part of a replay, with nothing folded yet.
- *The timeline from nothing*, in a process of its own, which tells its peak of memory.
- *Any moment*: the standings of the whole field at random positions of the log, at random instants
  of the rally, and both at once. From one moment to the next nothing is remembered but the
  timeline.
- *A cold process*: `rally standings --known-at`, started anew each time, against `rally --help`.
- *Penalties computed*: moments of a rally whose rulebook judges time cards; and on 60,000 records
  of such a one the commands of officials, against `rally standings` of the same figures without.
- *A new record*: a finish is appended; how long until the timeline holds it, and until the new
  standings are there.
- *Appends*: an official's act as it reaches the disk, with its tags, its condition and its hashes,
  against bare `sqlite3` that writes the same rows into the same tables, just as durably; and
  batches, from occurrences to the disk, against the recorders of the library.
"""
