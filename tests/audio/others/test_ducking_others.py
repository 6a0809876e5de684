"""Other programs' streams, turned down and brought back on a server that only counts."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuecoach.audio.others.agenda import Agenda
from cuecoach.audio.others.book import Book, Entries, OthersError, Paused, TurnedDown
from cuecoach.audio.others.ducker import Ducker
from cuecoach.audio.others.headphones import Output
from cuecoach.audio.others.mend import mend_streams
from cuecoach.audio.others.server import Stream
from cuecoach.audio.others.shape import lowered, on_the_way

STEP = 0.02
RADIO = Stream(7, 70, "Radio", "by-name:Radio", (0.9, 0.7), True)
CALL = Stream(8, 80, "Call", "by-name:Call", (0.8,), False)


class Desk:
    """A sound server that remembers volumes by key, as PulseAudio does."""

    def __init__(self, *streams: Stream) -> None:
        self.id = "1234"
        self.now = {stream.index: stream for stream in streams}
        self.memory = {stream.key: stream.volumes for stream in streams if stream.key}
        self.sets = 0

    def streams(self) -> list[Stream]:
        return list(self.now.values())

    def set_volumes(self, index: int, volumes: tuple[float, ...]) -> bool:
        if index not in self.now:
            return False
        self.sets += 1
        # Servers count in whole numbers.
        volumes = tuple(round(volume * 65536) / 65536 for volume in volumes)
        stream = self.now[index] = replace(self.now[index], volumes=volumes)
        if stream.key:
            self.memory[stream.key] = volumes
        return True

    def remembered(self) -> dict[str, tuple[float, ...]]:
        return dict(self.memory)

    def remember(self, key: str, volumes: tuple[float, ...]) -> None:
        self.memory[key] = volumes

    def start(self, stream: Stream) -> None:
        self.now[stream.index] = replace(stream, volumes=self.memory.get(stream.key, stream.volumes))


class Run:
    """A ducker, its clock, and what it has written down."""

    def __init__(self, desk: Desk) -> None:
        self.t, self.desk = 0.0, desk
        self.written: tuple[TurnedDown, ...] = ()
        self.ducker = Ducker(desk, self._write)

    def _write(self, entries: tuple[TurnedDown, ...]) -> None:
        self.written = entries

    def go(self, seconds: float, *, down: bool) -> None:
        for _ in range(round(seconds / STEP)):
            self.ducker.step(self.t, down=down)
            self.t += STEP


def desk_of(*streams: Stream) -> Desk:
    exact = [replace(s, volumes=tuple(round(v * 65536) / 65536 for v in s.volumes)) for s in streams]
    return Desk(*exact)


def test_what_plays_goes_down_by_14_db_in_half_a_second_and_comes_back_to_exactly_what_it_was():
    desk = desk_of(RADIO)
    before, run = desk.now[7].volumes, Run(desk)
    run.go(0.3, down=True)
    assert before > desk.now[7].volumes > lowered(before, 1.0)
    run.go(0.3, down=True)
    assert desk.now[7].volumes == pytest.approx(lowered(before, 1.0), abs=1e-5)
    assert [round(60 * math.log10(a / b)) for a, b in zip(desk.now[7].volumes, before, strict=True)] == [
        -14,
        -14,
    ]
    run.go(0.6, down=False)
    assert desk.now[7].volumes == before
    assert not run.ducker.busy
    assert run.written == ()


def test_a_call_is_left_alone():
    desk = desk_of(CALL, RADIO)
    Run(desk).go(1.0, down=True)
    assert desk.now[8].volumes == desk_of(CALL).now[8].volumes


def test_it_is_written_down_before_the_first_change():
    desk = desk_of(RADIO)

    def write(entries: tuple[TurnedDown, ...]) -> None:
        assert desk.sets == 0
        assert entries[0].volumes == desk.now[7].volumes
        raise OthersError("the disk is full")

    ducker = Ducker(desk, write)
    with pytest.raises(OthersError, match="full"):
        ducker.step(0.0, down=True)
    assert desk.sets == 0


def test_what_begins_while_others_are_down_goes_down_too():
    desk = desk_of(RADIO)
    run = Run(desk)
    run.go(1.0, down=True)
    desk.start(Stream(9, 90, "Film", "by-name:Film", (0.5,), True))
    run.go(1.0, down=True)
    assert desk.now[9].volumes[0] == pytest.approx(lowered((0.5,), 1.0)[0], abs=1e-4)
    run.go(1.0, down=False)
    assert desk.now[9].volumes[0] == 0.5


@pytest.mark.parametrize("chosen", [0.3, 0.65, 0.9, 1.0])
def test_a_volume_that_the_person_sets_meanwhile_stays(chosen):
    desk = desk_of(RADIO)
    run = Run(desk)
    run.go(1.0, down=True)
    desk.set_volumes(7, (chosen, chosen))
    theirs = desk.now[7].volumes
    run.go(1.0, down=True)
    run.go(1.0, down=False)
    assert desk.now[7].volumes == theirs


def test_what_the_person_has_set_goes_down_again_at_the_next_words():
    desk = desk_of(RADIO)
    run = Run(desk)
    run.go(1.0, down=True)
    desk.set_volumes(7, (0.5, 0.5))
    run.go(0.2, down=False)
    run.go(1.0, down=True)
    assert desk.now[7].volumes[0] == pytest.approx(lowered((0.5,), 1.0)[0], abs=1e-4)
    run.go(1.0, down=False)
    assert desk.now[7].volumes == (0.5, 0.5)


def test_a_program_that_ends_while_it_is_down_begins_as_loud_as_before():
    desk = desk_of(RADIO)
    before, run = desk.now[7].volumes, Run(desk)
    run.go(1.0, down=True)
    del desk.now[7]
    run.go(0.2, down=True)
    run.go(1.0, down=False)
    assert desk.memory[RADIO.key] == before
    assert run.written == ()


@pytest.mark.parametrize("down", [True, False])
def test_the_next_song_of_a_player_does_not_stay_as_quiet_as_the_last_one_ended(down):
    desk = desk_of(RADIO)
    before, run = desk.now[7].volumes, Run(desk)
    run.go(1.0, down=True)
    run.go(0.2, down=down)
    del desk.now[7]
    desk.start(replace(RADIO, index=9))
    assert desk.now[9].volumes != before
    run.go(0.5, down=down)
    run.go(1.0, down=False)
    assert desk.now[9].volumes == before


def test_words_that_follow_turn_the_ramp_around_where_it_is():
    desk = desk_of(RADIO)
    run = Run(desk)
    run.go(1.0, down=True)
    run.go(0.26, down=False)
    half = desk.now[7].volumes[0]
    run.go(STEP, down=True)
    assert desk.now[7].volumes[0] == pytest.approx(half)
    run.go(0.1, down=True)
    assert desk.now[7].volumes[0] < half


events = st.lists(
    st.tuples(
        st.sampled_from(["run", "words", "start", "end", "set"]), st.integers(0, 3), st.integers(0, 40), st.booleans()
    ),
    max_size=25,
)


@given(events)
def test_whatever_happens_all_that_nobody_touched_is_as_before_also_after_a_kill(happenings):
    originals = {n: (round(0.2 * (n + 2) * 65536) / 65536,) for n in range(4)}
    programs = {n: Stream(n, 100 + n, f"p{n}", f"key{n}", originals[n], True) for n in range(4)}
    desk, fresh = Desk(programs[0]), 10
    desk.memory = {f"key{n}": originals[n] for n in range(4)}
    run, down, touched, ours = Run(desk), False, set[int](), {0: 0}
    for what, n, count, flag in happenings:
        if what == "words":
            down = flag
        elif what == "start" and n not in ours:
            fresh += 1
            ours[n] = fresh
            desk.start(replace(programs[n], index=fresh))
        elif what == "end" and n in ours:
            del desk.now[ours.pop(n)]
        elif what == "set" and n in ours and n not in touched:
            touched.add(n)  # louder than it ever was: surely not our doing
            desk.set_volumes(ours[n], (1.2,))
        run.go(count * STEP, down=down)
    for killed in (True, False):
        end = Desk()
        end.now, end.memory = dict(desk.now), dict(desk.memory)
        if killed:
            mend_streams(run.written, end)
        else:
            Run.go(run, 1.2, down=False)
            end = desk
            assert run.written == ()
            assert not run.ducker.busy
        for n in set(programs) - touched:
            if n in ours:
                assert end.now[ours[n]].volumes == pytest.approx(originals[n], abs=1e-4), (n, killed)
            assert end.memory[f"key{n}"] == pytest.approx(originals[n], abs=1e-4), (n, killed)


# ---------------------------------------------------------------- what a run that broke off has left
def left_behind(desk: Desk, index: int = 7) -> TurnedDown:
    stream = desk.now[index]
    return TurnedDown(desk.id, index, stream.pid, stream.program, stream.key, stream.volumes)


def test_a_volume_that_was_set_by_hand_since_then_stays():
    desk = desk_of(RADIO)
    entry = left_behind(desk)
    desk.set_volumes(7, (0.9, 0.2))
    theirs = desk.now[7].volumes
    assert mend_streams([entry], desk) == []
    assert desk.now[7].volumes == theirs


def test_after_a_restart_of_the_server_the_program_is_known_by_its_name():
    desk = desk_of(RADIO)
    entry = left_behind(desk)
    down = lowered(entry.volumes, 1.0)
    later = Desk(replace(RADIO, index=3, pid=99, volumes=down), replace(CALL, index=7))
    later.id = "5678"
    assert mend_streams([entry], later) == ["Radio"]
    assert later.now[3].volumes == entry.volumes
    assert later.now[7].volumes == CALL.volumes
    assert later.memory[RADIO.key] == entry.volumes


def test_another_program_with_the_same_number_is_left_alone():
    desk = desk_of(RADIO)
    entry = left_behind(desk)
    other = replace(RADIO, pid=71, program="Film", key="by-name:Film", volumes=lowered(entry.volumes, 0.5))
    desk.now = {7: other}
    mend_streams([entry], desk)
    assert desk.now[7] == other


@pytest.mark.parametrize(
    ("now", "ours"),
    [((0.9, 0.7), False), ((0.8, 0.8), False), ((0.4, 0.1), False), ((1.0, 0.8), False), ((0.9,), False)],
)
def test_only_what_lies_on_the_ramp_is_taken_for_ours(now, ours):
    assert on_the_way(now, (0.9, 0.7)) is ours
    assert on_the_way(lowered((0.9, 0.7), 0.3), (0.9, 0.7))
    assert on_the_way(lowered((0.9, 0.0), 1.0), (0.9, 0.0))
    assert not on_the_way((0.0,), (0.0,))


# ---------------------------------------------------------------- the book
def test_the_book_gives_back_what_was_written_and_goes_when_all_is_undone(tmp_path):
    book = Book(tmp_path / "new")
    entries = Entries((left_behind(desk_of(RADIO)),), (Paused("bus", "org.mpris.x", ":1.2", "X", 5.0),))
    book.write(entries)
    assert book.is_open
    assert Book(tmp_path / "new").read() == entries
    book.write(Entries())
    assert not book.is_open
    assert [path.name for path in (tmp_path / "new").iterdir()] == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"streams": [{}], "players": []}', '{"streams": 3}'])
def test_a_book_that_cannot_be_understood_is_empty(tmp_path, text):
    book = Book(tmp_path)
    book.path.write_text(text)
    assert book.read() == Entries()


def test_a_book_that_cannot_be_written_is_told_with_what_to_do(tmp_path):
    (tmp_path / "file").write_text("")
    entries = Entries((left_behind(desk_of(RADIO)),))
    with pytest.raises(OthersError, match="XDG_STATE_HOME"):
        Book(tmp_path / "file").write(entries)


def test_the_book_is_one_programs_at_a_time(tmp_path):
    with Book(tmp_path).locked(0.0) as first, Book(tmp_path).locked(0.0) as second:
        assert (first, second) == (True, False)
    with Book(tmp_path).locked(0.0) as third:
        assert third


# ---------------------------------------------------------------- when
def test_others_are_down_from_half_a_second_before_words_until_a_little_after():
    agenda = Agenda()
    agenda.add(1, 10.0, 1.0)
    assert [agenda.wants_quiet(t) for t in (9.4, 9.51, 10.9)] == [False, True, True]
    assert agenda.next_change(9.4) == 9.5
    agenda.over(1, 11.0)
    assert [agenda.wants_quiet(t) for t in (11.6, 11.71)] == [True, False]
    assert agenda.next_change(11.71) is None


def test_words_that_follow_soon_leave_others_down():
    agenda = Agenda()
    agenda.add(1, 10.0, 1.0)
    agenda.over(1, 11.0)
    agenda.add(2, 12.0, 1.0)
    assert all(agenda.wants_quiet(t) for t in (11.0, 11.49, 11.6, 12.5))


def test_words_that_were_dropped_before_their_time_change_nothing():
    agenda = Agenda()
    agenda.add(1, 10.0, 1.0)
    agenda.over(1, 9.0)
    assert not agenda.wants_quiet(9.8)


def test_words_whose_end_is_never_told_end_all_the_same():
    agenda = Agenda()
    agenda.add(1, 10.0, 1.0)
    assert agenda.wants_quiet(20.0)
    assert not agenda.wants_quiet(22.0)


# ---------------------------------------------------------------- headphones
@pytest.mark.parametrize(
    ("output", "worn"),
    [
        (Output("Built-in", port="analog-output-headphones", form_factor="internal"), True),
        (Output("Built-in", port="[Out] Headphones"), True),
        (Output("Built-in", port="analog-output-headphones", plugged=False), False),
        (Output("Built-in", port="analog-output-speaker", form_factor="internal"), False),
        (Output("Buds", port="headset-output", form_factor="headset", bus="bluetooth"), True),
        (Output("Buds", form_factor="headphone", bus="bluetooth"), True),
        (Output("Buds", bus="bluetooth"), True),
        (Output("Box", port="speaker-output", form_factor="speaker", bus="bluetooth"), False),
        (Output("Car", form_factor="car", bus="bluetooth"), False),
        (Output("USB headset", form_factor="headset", bus="usb"), True),
        (Output("HDMI", port="hdmi-output-0"), False),
        (Output("Null Output"), False),
    ],
)
def test_headphones_are_told_from_loudspeakers(output, worn):
    assert output.is_worn is worn
