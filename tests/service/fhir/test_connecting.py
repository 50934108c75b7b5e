"""The settings name one proof of who we are, or the sentence says what is wrong with them."""

import datetime
import ipaddress
import ssl
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.errors import WrongSetting
from service.fhir.backend import BackendToken
from service.fhir.clientkey import make_key
from service.fhir.connecting import auth_of, connect
from service.fhir.errors import EhrBusy
from service.settings import Settings

URL = "https://ehr.test/fhir"


def test_no_proof_sends_none_and_a_token_or_a_password_is_sent_as_it_is():
    assert auth_of(Settings(fhir_url=URL)).header() is None
    assert auth_of(Settings(fhir_url=URL, fhir_token="t")).header() == "Bearer t"
    basic = auth_of(Settings(fhir_url=URL, fhir_user="u", fhir_password="p")).header()
    assert basic == "Basic dTpw"


def test_a_registered_client_has_a_key_or_a_secret(tmp_path):
    path = tmp_path / "ehr.pem"
    path.write_bytes(make_key())
    for proof in ({"fhir_client_key": path}, {"fhir_client_secret": "s"}):
        assert isinstance(
            auth_of(Settings(fhir_url=URL, fhir_client_id="c", **proof)), BackendToken
        )


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"fhir_token": "t", "fhir_client_id": "c"}, "one of COUNTERSIGN_FHIR_CLIENT_ID"),
        ({"fhir_client_id": "c"}, "COUNTERSIGN_FHIR_CLIENT_KEY"),
        ({"fhir_user": "u"}, "COUNTERSIGN_FHIR_PASSWORD"),
        ({"fhir_client_id": "c", "fhir_client_key": "/nowhere"}, "countersign keys make"),
        ({"fhir_tls_cert": "/nowhere"}, "COUNTERSIGN_FHIR_TLS_CERT"),
    ],
)
def test_half_a_proof_and_two_are_refused_in_words(given, said):
    with pytest.raises(WrongSetting, match=said):
        connect(Settings(fhir_url=URL, **given))


def a_certificate(folder):
    """PEM files of a key and of its self-signed certificate for this machine."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "countersign")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.datetime.now(datetime.UTC))
        .not_valid_after(datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    cert, private = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(pem))
    private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    return cert, private


class Metadata(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"resourceType": "CapabilityStatement"}')

    def log_message(self, *_):
        pass


def test_a_certificate_is_shown_where_the_ehr_asks_for_one(tmp_path):
    cert, key = a_certificate(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Metadata)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=cert)
    context.load_cert_chain(cert, key)
    context.verify_mode = ssl.CERT_REQUIRED
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    settings = Settings(fhir_url=f"https://127.0.0.1:{server.server_port}", fhir_tls_ca=cert)
    shown = settings.model_copy(update={"fhir_tls_cert": cert, "fhir_tls_key": key})
    try:
        client = connect(shown)
        assert client.capability()["resourceType"] == "CapabilityStatement"
        client.close()
        stranger = connect(settings).within(5)
        with pytest.raises(EhrBusy):
            stranger.capability()
        stranger.close()
    finally:
        server.shutdown()
        server.server_close()
