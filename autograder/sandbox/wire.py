"""Frames and values: the only thing that crosses between the judge and a learner's process.

A frame is a fixed 16-byte prefix, a typed msgpack header and the raw bytes of its arrays. Nothing in it is ever
executed: there is no pickle, no code object and no object array. Both sides use this module; the side that
receives believes nothing: every length is checked before memory is taken, every dtype against a pattern.
"""

import math
import re
import struct
from collections.abc import Callable
from typing import Annotated, Any, Literal

import msgspec
import numpy as np

from autograder.sandbox.printable import ACTIVE, printable

MAGIC = b"WWL1"
PREFIX = struct.Struct("<4sIQ")  # magic, bytes of the header, bytes of the arrays
MAX_HEADER = 1 << 20  # of a reply
MAX_REQUEST = 16 << 20  # of a header that the judge sends: the longest cell that intake lets through fits
MAX_ARRAYS = 64 << 20
MAX_VALUE = 16 << 20  # of one array
MAX_BUFFERS = 512
MAX_NODES = 200_000
MAX_DEPTH = 40
MAX_TEXT = 1 << 20
ALIGNMENT = 16
MAX_COMPOSITE_KEYS = 256  # the hashes of tuples and complex numbers can be made to collide on purpose
SMALL_FRAME = 1 << 16  # up to this size one copy is cheaper than many writes
DTYPE = re.compile(r"[<>|=]([biufcSU])(\d{1,9})")
SIZES = {"b": {1}, "i": {1, 2, 4, 8}, "u": {1, 2, 4, 8}, "f": {2, 4, 8, 16}, "c": {8, 16, 32}}


PRINTABLE = rf"^[^{ACTIVE}]*\Z"
Name = Annotated[str, msgspec.Meta(max_length=100, pattern=PRINTABLE)]
Sentence = Annotated[str, msgspec.Meta(max_length=300, pattern=PRINTABLE)]
Paragraph = Annotated[str, msgspec.Meta(max_length=2000, pattern=PRINTABLE)]
Kind = Literal["list", "tuple", "set", "frozenset"]


class WireError(Exception):
    """Bytes or a value that may not cross."""


# --- values ---------------------------------------------------------------------------------------------------------


class Plain(msgspec.Struct, tag="p", array_like=True, frozen=True):
    value: None | bool | int | float | str


class BigInteger(msgspec.Struct, tag="i", array_like=True, frozen=True):
    digits: str  # hexadecimal


class Complex(msgspec.Struct, tag="c", array_like=True, frozen=True):
    real: float
    imag: float


class Blob(msgspec.Struct, tag="b", array_like=True, frozen=True):
    value: bytes


class Scalar(msgspec.Struct, tag="n", array_like=True, frozen=True):
    """A NumPy number; it needs no buffer, so that a list may hold thousands."""

    dtype: str
    value: bytes


class Array(msgspec.Struct, tag="a", array_like=True, frozen=True):
    dtype: str
    shape: list[int]
    buffer: int


class Items(msgspec.Struct, tag="s", array_like=True, frozen=True):
    kind: Kind
    items: list["Node"]


class Pairs(msgspec.Struct, tag="d", array_like=True, frozen=True):
    keys: list["Node"]
    values: list["Node"]


class Kept(msgspec.Struct, tag="k", array_like=True, frozen=True):
    """An object that stays in the worker, such as a cache; only its number crosses."""

    number: int
    type_name: Name


class Seed(msgspec.Struct, tag="g", array_like=True, frozen=True):
    """A random generator as an argument: the worker turns it into ``np.random.default_rng(seed)``."""

    seed: int

    def generator(self) -> np.random.Generator:
        """The same generator, made on this side."""
        return np.random.default_rng(self.seed)


class Callback(msgspec.Struct, tag="f", array_like=True, frozen=True):
    """A function of the judge's as an argument: the worker calls back, the judge computes."""

    number: int


class Odd(msgspec.Struct, tag="o", array_like=True, frozen=True):
    """A value that does not cross; what is left of it is its type's name and the reason."""

    type_name: Name
    why: Sentence


Node = Plain | BigInteger | Complex | Blob | Scalar | Array | Items | Pairs | Kept | Seed | Callback | Odd


# --- messages -------------------------------------------------------------------------------------------------------


class Failure(msgspec.Struct, array_like=True, frozen=True):
    """A learner's exception, as words: a claim, out of which no verdict but a failed one can come."""

    type_name: Name
    bases: list[Name]  # names of its builtin base classes
    message: Paragraph
    where: Sentence  # "cell 7, line 3: return x / n", or ""


class RunCell(msgspec.Struct, tag="run", array_like=True):
    number: int
    cell: str
    source: str
    # The function whose answer cell it is, or "": what it defines there counts, whatever comes later.
    answer: str


class StandIn(msgspec.Struct, tag="stand-in", array_like=True):
    """From now on these functions ask the judge, whose callback of the same place answers."""

    number: int
    names: list[str]
    parameters: list[list[str]]  # of each function, so that it can be called by keyword


class Describe(msgspec.Struct, tag="describe", array_like=True):
    number: int
    name: str


class Call(msgspec.Struct, tag="call", array_like=True):
    number: int
    name: str
    arguments: list[list[Node]]  # one list a call
    keep: list[int]  # positions in a returned tuple that stay in the worker
    send_arguments: bool


class CallbackReturned(msgspec.Struct, tag="callback-returned", array_like=True):
    number: int
    value: Node
    failed: str  # why the judge's function could not answer, or ""


class Ready(msgspec.Struct, tag="ready", array_like=True):
    """Sent before any cell of the learner's is loaded, so it can be believed."""

    layers: list[str]
    missing: list[str]


class CellRan(msgspec.Struct, tag="ran", array_like=True):
    number: int
    failure: Failure | None


class StandsIn(msgspec.Struct, tag="stands-in", array_like=True):
    number: int


class Described(msgspec.Struct, tag="described", array_like=True):
    number: int
    found: bool
    is_callable: bool
    parameters: list[Name] | None  # None when Python cannot tell


class Outcome(msgspec.Struct, array_like=True):
    value: Node
    failure: Failure | None
    changed: list[int]  # positions of the arguments that the call changed in place
    arguments: list[Node]  # after the call, when asked for


class Returned(msgspec.Struct, tag="returned", array_like=True):
    number: int
    outcomes: list[Outcome]


class CallbackWanted(msgspec.Struct, tag="callback-wanted", array_like=True):
    number: int
    callback: int
    arguments: list[Node]


Request = RunCell | StandIn | Describe | Call | CallbackReturned
Reply = Ready | CellRan | StandsIn | Described | Returned | CallbackWanted


class _Header(msgspec.Struct, array_like=True):
    lengths: list[int]
    body: msgspec.Raw


_ENCODE = msgspec.msgpack.Encoder().encode
_DECODE_HEADER = msgspec.msgpack.Decoder(_Header).decode
DECODE_REQUEST = msgspec.msgpack.Decoder(Request).decode
DECODE_REPLY = msgspec.msgpack.Decoder(Reply).decode


# --- packing --------------------------------------------------------------------------------------------------------


class Packer:
    """Turns Python values into nodes and collects their arrays for one frame.

    Parameters
    ----------
    special : callable, optional
        Asked first about every value: a node to send in its place, or None.
    """

    def __init__(self, special: Callable[[Any], Any] | None = None):
        self.buffers: list[memoryview] = []
        self._special = special
        self._nodes = 0

    def pack(self, value: Any, depth: int = 0) -> Any:
        """Node of a value; what may not cross becomes an `Odd` that says why."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            return _odd(value, f"more than {MAX_NODES} values inside one result")
        if depth > MAX_DEPTH:
            return _odd(value, "nested too deeply")
        if self._special is not None and (node := self._special(value)) is not None:
            return node
        if isinstance(value, (np.number, np.bool_)) and DTYPE.fullmatch(value.dtype.str):
            return Scalar(value.dtype.str, value.tobytes())
        if value is None or isinstance(value, (bool, int, float, complex, str, bytes, bytearray)):
            return _pack_scalar(value)
        if isinstance(value, np.ndarray):
            return self._pack_array(value)
        return self._pack_container(value, depth)

    def _pack_array(self, value: np.ndarray) -> Any:
        if type(value) not in (np.ndarray, np.memmap):
            return _odd(value, "a plain NumPy array is expected: np.asarray(...) makes one")
        if not DTYPE.fullmatch(value.dtype.str):
            return _odd(value, f"an array of dtype {value.dtype} holds no plain numbers")
        if value.nbytes > MAX_VALUE:
            return _odd(value, f"larger than {MAX_VALUE >> 20} MB")
        if len(self.buffers) >= MAX_BUFFERS:
            return _odd(value, f"more than {MAX_BUFFERS} arrays in one result")
        data = np.ascontiguousarray(value)
        if data.dtype.kind == "U" and not _is_text(data):
            return _odd(value, "a text array with characters that do not exist")
        self.buffers.append(data.reshape(-1).view(np.uint8).data if data.size else memoryview(b""))
        return Array(value.dtype.str, list(value.shape), len(self.buffers) - 1)

    def _pack_container(self, value: Any, depth: int) -> Any:
        kinds: tuple[tuple[Any, Kind], ...] = (
            (list, "list"), (tuple, "tuple"), (set, "set"), (frozenset, "frozenset"),
        )  # fmt: skip
        for kind, name in kinds:
            if isinstance(value, kind):
                items = list(kind.__iter__(value))
                if len(items) > MAX_NODES:
                    return _odd(value, f"more than {MAX_NODES} values inside one result")
                return Items(name, [self.pack(item, depth + 1) for item in items])
        if isinstance(value, dict) and len(value) <= MAX_NODES:
            pairs = list(dict.items(value))
            keys = [self.pack(key, depth + 1) for key, _ in pairs]
            return Pairs(keys, [self.pack(item, depth + 1) for _, item in pairs])
        return _odd(value, "not a number, an array, a text or a list, tuple, set or dict of those")


def _pack_scalar(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return Plain(value)
    if isinstance(value, int):
        value = int(value)
        if -(1 << 63) <= value < 1 << 63:
            return Plain(value)
        return (
            BigInteger(hex(value))
            if value.bit_length() < 4096
            else Odd("int", "an integer of over 4096 bits")
        )
    if isinstance(value, float):
        return Plain(float(value))
    if isinstance(value, complex):
        return Complex(value.real, value.imag)
    if len(value) > MAX_TEXT:
        return _odd(value, f"longer than {MAX_TEXT} characters")
    if isinstance(value, str):
        return Plain(str(value).encode("utf-8", "replace").decode())  # lone surrogates do not cross
    return Blob(bytes(value))


def _name(value: Any) -> str:
    return printable(str(type(value).__name__), 100)


def _odd(value: Any, why: str) -> Odd:
    return Odd(_name(value), printable(why, 300))


# --- unpacking ------------------------------------------------------------------------------------------------------


class Unpacker:
    """Turns the nodes of one frame back into plain values.

    Parameters
    ----------
    buffers : list of memoryview
        The frame's arrays.
    special : callable, optional
        Turns `Kept`, `Seed` and `Callback` nodes into objects. Without it, on the judge's side, a `Kept` stays as it
        is and the others are refused.
    """

    def __init__(self, buffers: list[memoryview], special: Callable[[Any], Any] | None = None):
        self._buffers = buffers
        self._used: set[int] = set()
        self._special = special
        self._nodes = 0

    def unpack(self, node: Any, depth: int = 0) -> Any:
        """Value of a node.

        Raises
        ------
        WireError
            If the node claims more than its bytes hold.
        """
        self._nodes += 1
        if (
            self._nodes > 2 * MAX_NODES or depth > MAX_DEPTH + 1
        ):  # room for a packer's words on what it left out
            raise WireError("too many values, or nested too deeply")
        match node:
            case Plain():
                return node.value
            case Array():
                return self._array(node)
            case Scalar():
                return self._scalar(node)
            case Items():
                return self._items(node, depth)
            case Pairs():
                return self._pairs(node, depth)
            case BigInteger():
                return _big(node.digits)
            case Complex():
                return complex(node.real, node.imag)
            case Blob():
                return node.value
            case Odd():
                return node
            case _ if self._special:
                return self._special(node)
            case Kept():
                return node
            case _:
                raise WireError(f"a {_name(node)} where a value is expected")

    def _array(self, node: Array) -> np.ndarray:
        dtype = _dtype(node.dtype)
        if not 0 <= node.buffer < len(self._buffers) or node.buffer in self._used:
            raise WireError("an array with a wrong buffer")
        self._used.add(node.buffer)
        if (
            len(node.shape) > 32
            or any(n < 0 for n in node.shape)
            or dtype.itemsize == 0 != math.prod(node.shape)
        ):
            raise WireError("an array with an impossible shape")
        data = self._buffers[node.buffer]
        if math.prod(node.shape) * dtype.itemsize != len(data):
            raise WireError("an array whose shape and bytes do not agree")
        try:
            array = _numbers(data, dtype).reshape(node.shape)
        except ValueError as error:  # no entries, and along another axis more than there can be
            raise WireError("an array with an impossible shape") from error
        if dtype.kind == "U" and not _is_text(array):
            raise WireError("a text array with characters that do not exist")
        return array

    @staticmethod
    def _scalar(node: Scalar) -> np.generic:
        dtype = _dtype(node.dtype)
        if dtype.kind not in SIZES or len(node.value) != dtype.itemsize:
            raise WireError("a number with a wrong dtype or size")
        number: np.generic = _numbers(memoryview(node.value), dtype)[0]
        return number

    def _items(self, node: Items, depth: int) -> Any:
        items = [self.unpack(item, depth + 1) for item in node.items]
        if node.kind == "list":
            return items
        if node.kind == "tuple":
            return tuple(items)
        members = _hashable(items)
        return set(members) if node.kind == "set" else frozenset(members)

    def _pairs(self, node: Pairs, depth: int) -> dict[Any, Any]:
        if len(node.keys) != len(node.values):
            raise WireError("a dict with keys and values of different number")
        keys = _hashable([self.unpack(key, depth + 1) for key in node.keys])
        return dict(zip(keys, (self.unpack(value, depth + 1) for value in node.values), strict=True))


def _hashable(values: list[Any]) -> list[Any]:
    """Refuse what cannot be hashed, and what could be made to collide on purpose: a dict would take for ever."""
    if (
        sum(not isinstance(value, (type(None), int, float, str, bytes)) for value in values)
        > MAX_COMPOSITE_KEYS
    ):
        raise WireError(f"more than {MAX_COMPOSITE_KEYS} keys that are not plain numbers or texts")
    for value in values:
        if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
            raise WireError("a very large integer as a key")
        if isinstance(value, (tuple, frozenset)):
            _hashable(list(value))
        elif not isinstance(value, (type(None), bool, int, float, complex, str, bytes, np.generic, Odd)):
            raise WireError(f"a {_name(value)} as a key")
    return values


def _big(digits: str) -> int:
    if not re.fullmatch(r"-?0x[0-9a-f]{1,1100}", digits):
        raise WireError("a wrong integer")
    return int(digits, 16)


def _dtype(text: str) -> np.dtype:
    match = DTYPE.fullmatch(text)
    if not match or int(match[2]) not in SIZES.get(match[1], {int(match[2])}):
        raise WireError(f"no dtype {text[:20]}")
    try:
        return np.dtype(text)
    except TypeError as error:  # a text of gigabytes, or a precision that this machine does not have
        raise WireError(f"no dtype {text}") from error


def _numbers(data: memoryview, dtype: np.dtype) -> np.ndarray:
    """A fresh array of these bytes; each bool is True or False, whatever byte was sent for it."""
    if not len(data):
        return np.empty(0, dtype)
    array = np.frombuffer(data, dtype=np.uint8).copy().view(dtype)
    return array.view(np.uint8) != 0 if dtype.kind == "b" else array


def _is_text(array: np.ndarray) -> bool:
    """Whether every character of a text array exists: NumPy would fail on the others much later."""
    codes = array.reshape(-1).view(array.dtype.byteorder.replace("|", "=") + "u4")
    return not np.any((codes > 0x10FFFF) | ((codes >= 0xD800) & (codes <= 0xDFFF)))


# --- frames ---------------------------------------------------------------------------------------------------------


def encode(message: Any, buffers: list[memoryview], longest: int = MAX_HEADER) -> list[bytes | memoryview]:
    """Pieces of one frame, to be written one after the other; its header has at most ``longest`` bytes.

    Raises
    ------
    WireError
        If the frame would be larger than the other side accepts.
    """
    header = _ENCODE(_Header([len(b) for b in buffers], msgspec.Raw(_ENCODE(message))))
    pieces: list[bytes | memoryview] = []
    total = 0
    for buffer in buffers:
        padding = -len(buffer) % ALIGNMENT
        pieces += [buffer, bytes(padding)] if padding else [buffer]
        total += len(buffer) + padding
    if len(header) > longest or total > MAX_ARRAYS or len(buffers) > MAX_BUFFERS:
        raise WireError("too large to send in one frame")
    pieces.insert(0, PREFIX.pack(MAGIC, len(header), total) + header)
    return [b"".join(pieces)] if total < SMALL_FRAME else pieces


def sizes(prefix: bytes, longest: int = MAX_HEADER) -> tuple[int, int]:
    """Bytes of the header and of the arrays that follow a frame's prefix; `WireError` if it is no frame."""
    magic, header, arrays = PREFIX.unpack(prefix)
    if magic != MAGIC or header > longest or arrays > MAX_ARRAYS:
        raise WireError("these bytes are no frame")
    return header, arrays


def decode(
    header: bytes, arrays: bytearray, decode_body: Callable[[bytes], Any]
) -> tuple[Any, list[memoryview]]:
    """Message and arrays of one frame.

    Raises
    ------
    WireError
        If anything in it is not as the message types say.
    """
    try:
        outer = _DECODE_HEADER(header)
        message = decode_body(outer.body)
    except (msgspec.MsgspecError, RecursionError, ValueError) as error:
        raise WireError(f"a malformed frame: {str(error)[:200]}") from error
    if len(outer.lengths) > MAX_BUFFERS or any(n < 0 for n in outer.lengths):
        raise WireError("too many arrays")
    view, start, buffers = memoryview(arrays), 0, []
    for length in outer.lengths:
        buffers.append(view[start : start + length])
        start += length + -length % ALIGNMENT
    if start != len(arrays):
        raise WireError("a frame whose lengths do not add up")
    return message, buffers
