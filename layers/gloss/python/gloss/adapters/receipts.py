"""Answers kept under an Idempotency-Key, so that only who sends the key again can read them: they may hold a secret."""

import base64
import hashlib

from cryptography.fernet import Fernet


def receipt_id(user_id: str, key: str) -> str:
    """Where the answer lies; it does not give the key away."""
    return hashlib.sha256(f"receipt\n{user_id}\n{key}".encode()).hexdigest()


def sealed(body: str, user_id: str, key: str) -> str:
    """The answer, readable with the same person's key only."""
    return _lock(user_id, key).encrypt(body.encode()).decode()


def opened(sealed_body: str, user_id: str, key: str) -> str:
    """The answer that was sealed under this key."""
    return _lock(user_id, key).decrypt(sealed_body.encode()).decode()


def _lock(user_id: str, key: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"lock\n{user_id}\n{key}".encode()).digest()))
