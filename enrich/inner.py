"""Numbers inside a graph that its file does not give out."""

from __future__ import annotations

from collections.abc import Iterable

# Fields of ONNX's messages (onnx.proto): ModelProto.graph, GraphProto.output, ValueInfoProto.name.
_GRAPH = 7
_OUTPUT = 12
_NAME = 1


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """The serialised ONNX model with the values or weights of these names as further outputs.

    Protocol Buffers read one message behind another as one in which repeated fields are joined, so that what
    is added stands behind the model: nothing has to be parsed, and no file is needed in two forms.
    (protobuf.dev/programming-guides/encoding, "Last One Wins")
    """
    outputs = b"".join(_field(_OUTPUT, _field(_NAME, name.encode())) for name in names)
    return model + _field(_GRAPH, outputs)


def _field(number: int, payload: bytes) -> bytes:
    """A field of a length and so many bytes."""
    return _varint(number << 3 | 2) + _varint(len(payload)) + payload


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
