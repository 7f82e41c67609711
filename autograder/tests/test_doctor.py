"""What `autograder doctor` says of a learner's machine."""

from types import SimpleNamespace

from autograder import doctor
from autograder.classroom import progress


def test_little_room_is_said_and_enough_is_not(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=30 << 20))
    (words,) = doctor.about_disk(tmp_path)
    assert "30 MB are free" in words and "make room" in words
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda folder: SimpleNamespace(free=1 << 40))
    assert doctor.about_disk(tmp_path) == []


def test_a_home_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(progress, "folder", lambda: tmp_path / "data" / "progress")
    assert doctor.about_progress() == []
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: path != tmp_path)
    (words,) = doctor.about_progress()
    assert str(tmp_path) in words and "not kept" in words
