"""Evolutions that are killed at any time go on and end with the same bytes."""

from kill_many_times import kill_many_times
from program import run_tests


def test_killed_at_random_times(folder):
    kill_many_times(folder, 24, seed=3, most_in_one=4)


if __name__ == "__main__":
    run_tests(globals())
