"""Sealed fields: encrypted at rest, with a blind index for equality and a stored mask (ACC-5).

A sealed field is declared once in a model, `phone = sealed(CONTACT, PHONE, "…")`, and becomes three columns:
`phone_sealed` (AES-256-GCM; NIST SP 800-38D), `phone_index` (HMAC-SHA-256 of the normal form) and
`phone_masked`, for those who may see only the mask. A masked reader's statement never touches the ciphertext.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import mapped_column

from core.db.sensitivity import Sensitivity
from core.db.types import Ciphertext, Text
from core.errors import ConfigurationError
from core.text import Text as Words

FORMAT = 1
HEADER, NONCE, KEY_BYTES = 2, 12, 32
SUFFIXES = ("_sealed", "_index", "_masked")


class Normal(Protocol):
    """How a sort of sealed value is checked, compared and masked."""

    def normalize(self, value: str, field: str) -> str:
        """The form that is stored and compared; raises InvalidInput with the remedy."""
        ...

    def mask(self, value: str) -> str:
        """What a masked reader sees: at most four characters of the value (PRM-7)."""
        ...


@dataclass(frozen=True)
class SealedField:
    """A declared sealed field: its name, its columns' names, how it is normalised.

    Found on the model class.
    """

    sensitivity: Sensitivity
    normal: Normal
    doc: str
    table: str = ""
    name: str = ""

    @property
    def associated(self) -> bytes:
        """What the ciphertext is bound to, so that it can't be moved to another column."""
        return f"{self.table}.{self.name}".encode()

    def columns(self) -> Mapping[str, Any]:
        """The three columns of the field."""
        info = {"class": self.sensitivity, "sealed": self.name}
        return {
            f"{self.name}_sealed": mapped_column(
                Ciphertext, info=info, doc=self.doc, nullable=True, deferred=True, deferred_raiseload=True
            ),
            f"{self.name}_index": mapped_column(
                sa.LargeBinary, info=info, doc=f"Blind index: {self.doc}", nullable=True, index=True
            ),
            f"{self.name}_masked": mapped_column(Text, info=info, doc=f"Mask: {self.doc}", nullable=True),
        }


def sealed(sensitivity: Sensitivity, normal: Normal, doc: str) -> SealedField:
    """Declare a sealed field in a model."""
    return SealedField(sensitivity, normal, doc)


class Sealer:
    """Seals and opens values with a ring of keys; the first key seals, every key opens."""

    def __init__(self, keys: Mapping[int, bytes], index_key: bytes) -> None:
        """`keys`: key id (0 to 255) to 32 bytes, the first one active.

        `index_key`: 32 bytes, never rotated alone.
        """
        self._ring = {number: AESGCM(key) for number, key in keys.items()}
        self._active = next(iter(keys))
        self._index_key = index_key

    def seal(self, field: SealedField, plain: str) -> bytes:
        """Header (format, key id), nonce, ciphertext with tag; bound to the column."""
        nonce = secrets.token_bytes(NONCE)
        header = bytes((FORMAT, self._active))
        return (
            header
            + nonce
            + self._ring[self._active].encrypt(nonce, plain.encode(), header + field.associated)
        )

    def open(self, associated: bytes, data: bytes) -> str:
        """The plain text; ConfigurationError where the key is missing or the data was altered."""
        header, nonce, body = data[:HEADER], data[HEADER : HEADER + NONCE], data[HEADER + NONCE :]
        try:
            return self._ring[header[1]].decrypt(nonce, body, header + associated).decode()
        except (KeyError, InvalidTag, IndexError):
            raise ConfigurationError(
                "BAOKE_ENCRYPTION_KEYS",
                Words(
                    "a stored value can't be opened with these keys; add the key that sealed it",
                    "现有密钥无法解开已存数据；请加入当初加密所用的密钥",
                ),
            ) from None

    def is_current(self, data: bytes) -> bool:
        """Whether the active key sealed this."""
        return data[:HEADER] == bytes((FORMAT, self._active))

    def index(self, field: SealedField, normal: str) -> bytes:
        """Blind index of a normal form.

        Equal values of one column have equal indices, and nothing else can be told.
        """
        return hmac.digest(self._index_key, field.associated + b"\0" + normal.encode(), "sha256")

    def digest(self, purpose: str, data: bytes) -> bytes:
        """Keyed digest of data that may hold personal values.

        A stolen table can't be searched by guessing.
        """
        return hmac.digest(self._index_key, purpose.encode() + b"\0" + data, "sha256")

    def assign(self, row: Any, name: str, value: str | None) -> None:
        """Set a sealed field of a row: all three columns at once. None or blank clears it."""
        field: SealedField = getattr(type(row), name)
        normal = None if value is None or not value.strip() else field.normal.normalize(value, name)
        for suffix, make in self._makers(field).items():
            setattr(row, name + suffix, None if normal is None else make(normal))

    def columns_of(self, field: SealedField, value: str | None) -> dict[str, Any]:
        """The three column values of a field, for inserts in bulk."""
        normal = None if value is None else field.normal.normalize(value, field.name)
        return {
            field.name + s: None if normal is None else make(normal)
            for s, make in self._makers(field).items()
        }

    def _makers(self, field: SealedField) -> dict[str, Callable[[str], Any]]:
        return {
            "_sealed": lambda v: self.seal(field, v),
            "_index": lambda v: self.index(field, v),
            "_masked": field.normal.mask,
        }


def sealer_from(ring: str, index_key: str) -> Sealer:
    """From the settings: `2:BASE64,1:BASE64` (the active key first) and one BASE64; 32 bytes each."""
    keys: dict[int, bytes] = {}
    for part in ring.split(","):
        number, _, text = part.strip().partition(":")
        if not number.isdecimal() or int(number) > 255:  # noqa: PLR2004
            raise ConfigurationError(
                "BAOKE_ENCRYPTION_KEYS",
                Words(
                    "write NUMBER:BASE64, numbers from 0 to 255, the active key first",
                    "格式为 编号:BASE64，编号 0 到 255，当前密钥在前",
                ),
            )
        keys[int(number)] = _key(text, "BAOKE_ENCRYPTION_KEYS")
    return Sealer(keys, _key(index_key, "BAOKE_INDEX_KEY"))


def _key(text: str, setting: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES:
        raise ConfigurationError(
            setting, Words("a key is 32 random bytes in base64", "密钥为 32 个随机字节的 base64 编码")
        )
    return key


def development_sealer() -> Sealer:
    """Fixed keys of the development mode; the settings refuse them in production."""
    return Sealer(
        {0: hashlib.sha256(b"baoke development key").digest()},
        hashlib.sha256(b"baoke development index").digest(),
    )
