"""PEM files as people have them become the one that Cassandra reads."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from helenus.cassandra import TLS
from helenus.cassandra.tls import pem_bundle
from helenus.errors import CassandraLaunchError

KEYS = {
    "rsa": rsa.generate_private_key(65537, 2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p521": ec.generate_private_key(ec.SECP521R1()),
}
FORMS = {
    "old": serialization.PrivateFormat.TraditionalOpenSSL,
    "pkcs8": serialization.PrivateFormat.PKCS8,
}


@pytest.fixture
def files(tmp_path, certificates):
    """Return a function that writes a key and gives the TLS options with it."""
    certificates.cert_chain_pems[0].write_to_path(tmp_path / "chain.pem")

    def write(key: bytes, **options: str) -> TLS:
        (tmp_path / "key.pem").write_bytes(key)
        return TLS(certificate=tmp_path / "chain.pem", key=tmp_path / "key.pem", **options)

    return write


def written(kind: str, form: str, password: bytes | None = None) -> bytes:
    lock = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return KEYS[kind].private_bytes(serialization.Encoding.PEM, FORMS[form], lock)


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_key_becomes_the_same_key_in_pkcs8(files, kind, form):
    bundle = pem_bundle(files(written(kind, form)))
    assert "-----BEGIN PRIVATE KEY-----" in bundle
    read = serialization.load_pem_private_key(bundle.encode(), None)
    assert read.private_numbers() == KEYS[kind].private_numbers()


def test_the_chain_follows_the_key(files, certificates):
    bundle = pem_bundle(files(written("p256", "pkcs8")))
    expected = x509.load_pem_x509_certificate(certificates.cert_chain_pems[0].bytes())
    assert x509.load_pem_x509_certificates(bundle.encode()) == [expected]


def test_an_encrypted_pkcs8_key_stays_encrypted(files):
    bundle = pem_bundle(files(written("rsa", "pkcs8", b"secret"), key_password="secret"))  # noqa: S106 - a sample
    read = serialization.load_pem_private_key(bundle.encode(), b"secret")
    assert read.private_numbers() == KEYS["rsa"].private_numbers()


@pytest.mark.parametrize(
    ("key", "options", "said"),
    [
        (written("rsa", "pkcs8", b"x"), {}, "holds ENCRYPTED PRIVATE KEY; expected 'PRIVATE KEY'.*give key_password="),
        (written("rsa", "pkcs8"), {"key_password": "x"}, "expected 'ENCRYPTED PRIVATE KEY'.*openssl pkcs8 -topk8 -in"),
        (b"nothing", {}, "holds no PEM block"),
        (b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n", {}, "cannot read the PEM file"),
    ],
)
def test_what_is_no_key_is_refused_with_how_to_make_one(files, key, options, said):
    with pytest.raises(CassandraLaunchError, match=said):
        pem_bundle(files(key, **options))


def test_missing_files_and_files_without_a_certificate_are_named(files, tmp_path):
    tls = files(written("p256", "pkcs8"))
    with pytest.raises(CassandraLaunchError, match=r"missing\.pem: .*No such file"):
        pem_bundle(TLS(certificate=tmp_path / "missing.pem", key=tls.key))
    with pytest.raises(CassandraLaunchError, match=r"key\.pem holds no certificate"):
        pem_bundle(TLS(certificate=tls.key, key=tls.key))
