"""Third-party ids from a file of any size, as it changes."""

import os
import tempfile
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty_tui.crowdtwist.profile import understand
from loyalty_tui.crowdtwist.third_party import StoppedError, ThirdPartyIds

PATIENCE = 10


@pytest.fixture
def ids_of(tmp_path):
    """Open a file with that text, and say what it tells."""
    opened = []

    def opening(text):
        file = tmp_path / "ids.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        told = []
        ids = ThirdPartyIds(file, tmp_path / "scratch", told.append)
        opened.append(ids)
        return ids, told

    yield opening
    for ids in opened:
        ids.close()


def member(**fields):
    return understand({"tierInfo": None, **fields})


def test_a_member_is_found_by_id_by_email_and_by_phone(ids_of):
    ids, told = ids_of(
        "key,third_party_id\n6566,crm-1\n Ola@Example.org ,crm-2\n+47 22 34 56 78,crm-3\n"
        '"12312312321","crm,4"\n0047 99999999,crm-5\n'
    )
    assert told == ["Third-party ids read: 5."]
    assert ids.find(member(id=6566)) == "crm-1"
    assert ids.find(member(id="6566")) == "crm-1"
    assert ids.find(member(id=1, emailAddress="ola@example.ORG")) == "crm-2"
    assert ids.find(member(id=1, mobilePhoneNumber="4722345678")) == "crm-3"
    assert ids.find(member(id=1, mobilePhoneNumber="+1 231 231 2321")) == "crm,4"
    assert ids.find(member(id=1, mobilePhoneNumber="4799999999")) == "crm-5"
    assert ids.find(member(id=1, emailAddress="kari@example.org")) is None
    assert ids.find(member()) is None


def test_the_id_comes_before_the_email_and_that_before_the_phone(ids_of):
    ids, _ = ids_of("4722345678,phone\nola@example.org,email\n7,id\n")
    everything = {"emailAddress": "ola@example.org", "mobilePhoneNumber": "4722345678"}
    assert ids.find(member(id=7, **everything)) == "id"
    assert ids.find(member(id=8, **everything)) == "email"
    assert ids.find(member(id=8, mobilePhoneNumber="4722345678")) == "phone"


def test_a_formatted_phone_number_is_nobodys_id(ids_of):
    ids, _ = ids_of("+6566,phone\n12,short\n")
    assert ids.find(member(id=6566)) is None
    assert ids.find(member(id=1, mobilePhoneNumber="12")) is None


def test_the_last_of_equal_keys_counts(ids_of):
    ids, _ = ids_of("a@b.org,first\nA@B.org,second")
    assert ids.find(member(emailAddress="a@b.org")) == "second"


def test_rows_that_cannot_be_used_are_counted_and_not_shown(ids_of):
    ids, told = ids_of(b'a@b.org,1\nno key,2\n5,\n6\n\xff@b.org,7\n\n8,"a\nb"\n9,x\x00\n10,ok\n')
    assert told == ["Third-party ids read: 2. Rows that cannot be used: 7."]
    assert ids.find(member(id=10)) == "ok"


def test_a_quote_that_is_not_closed_takes_no_other_row_with_it(ids_of):
    ids, told = ids_of('14,"open\n' + "".join(f"{n},crm-{n}\n" for n in range(100, 200)))
    assert told == ["Third-party ids read: 100."]
    assert ids.find(member(id=150)) == "crm-150"


def test_a_quote_may_follow_a_space(ids_of):
    ids, told = ids_of('George15@CrowdTwist.com , "A,1"\n"6566", "X"\n7, "Y" "\n')
    assert told == ["Third-party ids read: 2. Rows that cannot be used: 1."]
    assert ids.find(member(emailAddress="george15@crowdtwist.com")) == "A,1"
    assert ids.find(member(id=6566)) == "X"


def test_a_table_has_all_its_room_on_the_disk(ids_of, monkeypatch):
    made = []
    real = tempfile.TemporaryFile

    def remembered(**words):
        made.append(os.dup((file := real(**words)).fileno()))
        return file

    monkeypatch.setattr(tempfile, "TemporaryFile", remembered)
    ids_of("".join(f"{n},{n}\n" for n in range(20_000)))
    _, slots = map(os.fstat, made)
    assert slots.st_size == 1 << 19
    assert slots.st_blocks * 512 >= slots.st_size
    for file in made:
        os.close(file)


def test_a_file_of_other_columns_is_told(ids_of):
    _, told = ids_of("key;third_party_id\n1;2\n")
    assert told == [
        "Third-party ids read: 0. Rows that cannot be used: 2. A row is a key, a comma and an id."
    ]


def test_a_file_that_is_wanted_no_more_is_read_no_further(tmp_path):
    file = tmp_path / "ids.csv"
    file.write_text("".join(f"{n},{n}\n" for n in range(10_000)))
    asked = []

    def is_stopped():
        asked.append(1)
        return len(asked) > 1

    with pytest.raises(StoppedError):
        ThirdPartyIds(file, tmp_path / "scratch", print, is_stopped)
    assert len(asked) == 2


def test_an_empty_file_knows_nobody(ids_of):
    ids, _ = ids_of("")
    assert ids.find(member(id=1, emailAddress="a@b.org")) is None


@given(
    st.dictionaries(
        st.integers(0, 10**9).map(str)
        | st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.org", fullmatch=True),
        st.text(
            alphabet=st.characters(min_codepoint=33, exclude_categories=["Cs", "Cc", "Zs", "Zl",
                                   "Zp", "Cf", "Cn", "Co"], exclude_characters='",'),
            min_size=1, max_size=20,
        ),
        max_size=30,
    )
)  # fmt: skip
def test_every_row_is_found_again(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("ids")
    (folder / "ids.csv").write_text("".join(f"{key},{value}\n" for key, value in rows.items()))
    ids = ThirdPartyIds(folder / "ids.csv", folder, lambda _: None)
    ids.close()
    for key, value in rows.items():
        asked = {"emailAddress": key} if "@" in key else {"id": int(key)}
        expected = value if "@" in key else rows[str(int(key))]
        assert ids.find(member(**asked)) == expected
    assert ids.find(member(id=10**10, emailAddress="nobody@example.com")) is None


def until(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_a_changed_file_is_read_again_and_one_that_went_is_remembered(ids_of, tmp_path):
    ids, told = ids_of("1,old\n")
    (tmp_path / "new.csv").write_text("1,new\n2,too\n")
    (tmp_path / "new.csv").replace(tmp_path / "ids.csv")
    until(lambda: ids.find(member(id=1)) == "new")
    assert ids.find(member(id=2)) == "too"
    (tmp_path / "ids.csv").unlink()
    until(lambda: len(told) == 3)
    assert "No such file" in told[-1]
    assert ids.find(member(id=2)) == "too"


def test_nothing_of_the_copy_is_left_in_the_folder(ids_of, tmp_path):
    ids_of("1,a\n")
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_file_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        ThirdPartyIds(tmp_path / "none.csv", tmp_path, lambda _: None)
