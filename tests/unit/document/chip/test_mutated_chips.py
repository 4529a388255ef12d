"""Whatever bytes come in: an answer, and never an acceptance of content that the state did not sign."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

import pytest
from tests.unit.document.chip.workshop import (
    NOW,
    ZONE,
    Algorithm,
    Chip,
    chip,
    data_group_1,
    data_group_2,
    face_block,
    face_record,
    master_list,
    name,
    picture,
    revocation_list,
)

from bonafide.document.chip import ChipFiles, TrustStore, authenticate
from bonafide.document.chip.security_object import read_sod
from bonafide.document.chip.trust_file import read_trust_file
from bonafide.outcome import Reason

# Lengths and tags that make a parser look elsewhere.
_TELLING = (0x00, 0x01, 0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xA0, 0xFF)


def _random(seed: int | str) -> Random:
    return Random(seed)  # noqa: S311 - nothing here is secret


def _mutate(random: Random, data: bytes, donors: list[bytes]) -> bytes:
    """One small change; the places are random, the values those that hurt."""
    made = bytearray(data)
    place = random.randrange(len(made) or 1)
    # Headers are few among bytes of pictures and keys, so half of the changes go where headers are.
    if random.random() < 0.5:
        place = min(place, random.randrange(80))
    match random.randrange(9):
        case 0:
            made[place : place + 1] = bytes((random.randrange(256),))
        case 1:
            made[place : place + 1] = bytes((random.choice(_TELLING),))
        case 2 if made:
            made[place] ^= 1 << random.randrange(8)
        case 3:
            del made[place:]
        case 4:
            del made[place : place + random.randrange(1, 40)]
        case 5:
            made[place:place] = random.randbytes(random.randrange(1, 20))
        case 6:
            made += random.choice((b"\0", bytes(30), b"\1", random.randbytes(9)))
        case 7:
            donor = random.choice(donors)
            start = random.randrange(len(donor))
            size = random.randrange(1, 300)
            made[place : place + size] = donor[start : start + size]
        case _ if made:
            # A length one off, where some element starts.
            made[place] = (made[place] + random.choice((-1, 1))) % 256
    return bytes(made)


@dataclass(frozen=True)
class Pair:
    """Two chips of one signer: parts of one in the other are the best forgery there is."""

    chips: tuple[Chip, Chip]
    files: tuple[ChipFiles, ChipFiles]
    trust: TrustStore

    def donors(self) -> list[bytes]:
        return [data for files in self.files for data in (files.sod or b"", *files.data_groups.values())]


def _pair(first: Chip) -> Pair:
    other = (ZONE[0].replace("ANNA", "EMMA"), ZONE[1])
    second = replace(
        first,
        groups={1: data_group_1(other), 2: data_group_2(face_block(picture((40, 50))), 0x7F2E)},
    )
    trusted = read_trust_file(first.authority.encode())
    assert trusted is not None
    chips = (first, second)
    return Pair(chips, (first.files(), second.files()), TrustStore(trusted.certificates))


def _chips() -> Mapping[str, Callable[[], Chip]]:
    pss = Algorithm("pss", "sha256")
    return {
        "p256": chip,
        "bp256": lambda: chip("bp256", "bp384"),
        "rsa": lambda: chip("rsa2048", "rsa3072"),
        "pss": lambda: chip("rsa2048", "rsa3072").with_message(algorithm=pss),
        "key": lambda: chip().with_message(by_key_identifier=True),
    }


def _attack(pair: Pair, random: Random, times: int) -> int:
    """Change files of the first chip so many times; how often the changed ones were accepted all the same."""
    accepted = 0
    signed = {read_sod(files.sod or b"").content: files for files in pair.files}
    tbs = read_sod(pair.files[0].sod or b"").certificates[0].signed.body
    donors = pair.donors()
    for _ in range(times):
        sod, groups = pair.files[0].sod or b"", dict(pair.files[0].data_groups)
        for _ in range(random.choice((1, 1, 1, 2, 3))):
            match random.randrange(6):
                case 0:
                    groups[1] = _mutate(random, groups[1], donors)
                case 1:
                    groups[2] = _mutate(random, groups[2], donors)
                case 2 if random.random() < 0.2:
                    groups[random.randrange(1, 17)] = random.choice(donors)
                case _:
                    sod = _mutate(random, sod, donors)
        found = authenticate(ChipFiles(sod, groups), pair.trust, NOW)
        if found.authentic:
            message = read_sod(sod)
            # The signed list of hashes is one of the two, and the data groups are exactly its own.
            assert groups == dict(signed[message.content].data_groups)
            assert message.certificates
            assert tbs in {certificate.signed.body for certificate in message.certificates}
            assert found.reasons == (Reason.CHIP_AUTHENTIC,)
            accepted += sod != pair.files[0].sod
        else:
            assert found.reasons
            assert Reason.CHIP_AUTHENTIC not in found.reasons
    return accepted


@pytest.mark.parametrize("kind", _chips())
def test_no_change_is_accepted(kind: str) -> None:
    pair = _pair(_chips()[kind]())
    for files in pair.files:
        assert authenticate(files, pair.trust, NOW).authentic
    # Zeros after the SOD and bytes that nobody signed, such as a version, make no difference.
    assert _attack(pair, _random(kind), 600) < 120


@pytest.mark.long
@pytest.mark.parametrize("kind", _chips())
def test_no_change_is_accepted_however_often(kind: str) -> None:
    pair = _pair(_chips()[kind]())
    for seed in range(20):
        _attack(pair, _random(seed), 2000)


def test_every_byte_of_the_security_object() -> None:
    """Each byte changed once; of those that are accepted, none is signed."""
    pair = _pair(chip())
    sod, groups = pair.files[0].sod or b"", pair.files[0].data_groups
    message = read_sod(sod)
    (certificate,) = message.certificates
    (signer,) = message.signers
    assert signer.attributes is not None
    parts = (message.content, signer.attributes.encoded[1:], signer.signature)
    covered: set[int] = set()
    for part in (*parts, certificate.signed.body, certificate.signed.signature):
        start = sod.index(part)
        covered |= set(range(start, start + len(part)))
    for place in range(len(sod)):
        changed = bytearray(sod)
        changed[place] ^= 1
        found = authenticate(ChipFiles(bytes(changed), groups), pair.trust, NOW)
        assert not (found.authentic and place in covered), place


@pytest.mark.parametrize("number", [1, 2])
def test_every_byte_of_a_data_group(number: int) -> None:
    pair = _pair(chip())
    original = pair.files[0].data_groups[number]
    for place in range(0, len(original), 1 if number == 1 else 5):
        changed = bytearray(original)
        changed[place] ^= 0x10
        files = replace(pair.files[0], data_groups={**pair.files[0].data_groups, number: bytes(changed)})
        assert Reason.CHIP_DATA_CHANGED in authenticate(files, pair.trust, NOW).reasons


def test_signed_data_groups_of_any_content() -> None:
    """A state may sign what it likes, so the readers of zone and portrait get damaged data groups too."""
    random = _random(5)
    made = chip()
    trusted = read_trust_file(made.authority.encode())
    assert trusted is not None
    trust = TrustStore(trusted.certificates)
    originals = (
        data_group_1(),
        data_group_2(face_record(picture(), points=3)),
        data_group_2(face_block(picture())),
    )
    for _ in range(600):
        first = _mutate(random, originals[0], list(originals))
        second = _mutate(random, random.choice(originals[1:]), list(originals))
        found = authenticate(replace(made, groups={1: first, 2: second}).files(), trust, NOW)
        ours = bool(found.zone) and found.zone[0][2:5] == "UTO"
        assert found.authentic is (ours and found.portrait is not None)


def test_damaged_trust_files_are_read_or_refused() -> None:
    made = chip()
    csca = made.authority.encode()
    files = [
        csca,
        revocation_list(made.authority.key, name("CSCA Utopia"), (1, 2)),
        master_list([csca, made.signer.encode()], made),
    ]
    random = _random(6)
    for _ in range(2000):
        read_trust_file(_mutate(random, random.choice(files), files))
