"""Random streams by place and topic."""

import numpy as np

from training.county.streams import COUNTY, Streams


def test_a_stream_starts_anew_at_every_call():
    """The same object gives the same draws again, and so does another of the same seed and place."""
    streams = Streams(7, 3)
    first = streams.of("visits").random(5)
    assert (streams.of("visits").random(5) == first).all()
    assert (Streams(7, 3).of("visits").random(5) == first).all()


def test_seed_place_topic_and_more_each_give_their_own_stream():
    """No two of them share their draws."""
    streams = [
        Streams(7, 3).of("visits"),
        Streams(8, 3).of("visits"),
        Streams(7, 4).of("visits"),
        Streams(7, COUNTY).of("visits"),
        Streams(7, 3).of("warnings"),
        Streams(7, 3, 0).of("visits"),
        Streams(7, 3, 1).of("visits"),
        Streams(7, 3, 0, 1).of("visits"),
    ]
    assert np.unique([stream.random() for stream in streams]).size == len(streams)


def test_the_draws_do_not_depend_on_the_kind_of_integer():
    """A NumPy integer counts as the integer it is."""
    assert Streams(np.int64(7), np.int32(3)) == Streams(7, 3)
