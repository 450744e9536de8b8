"""
A second implementation of WebAuthn (python3-fido2 of Debian) for tools/prove/passkeys.ts: an
authenticator with its browser, and a relying party. Reads a command a line as JSON, and answers each
with a line of JSON.
"""

import json
import os
import sys

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from fido2.attestation import PackedAttestation
from fido2.client import ClientData
from fido2.cose import CoseKey
from fido2.ctap2 import AttestationObject, AttestedCredentialData, AuthenticatorData
from fido2.server import Fido2Server
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import PublicKeyCredentialRpEntity

FLAG = AuthenticatorData.FLAG
# Backup eligible and backed up: of Level 3, which this version does not know.
SYNCED = 0x18

NEW_KEYS = {
    -7: lambda: ec.generate_private_key(ec.SECP256R1()),
    -8: ed25519.Ed25519PrivateKey.generate,
    -37: lambda: rsa.generate_private_key(65537, 2048),
    -257: lambda: rsa.generate_private_key(65537, 2048),
}

passkeys = {}


def sign(alg, key, data):
    if alg == -7:
        return key.sign(data, ec.ECDSA(hashes.SHA256()))
    if alg == -8:
        return key.sign(data)
    return key.sign(data, padding.PKCS1v15(), hashes.SHA256())


def client_data_of(kind, command):
    changes = command.get("changes", {})
    return ClientData.build(
        type=changes.get("type", kind),
        challenge=changes.get("challenge", command["options"]["challenge"]),
        origin=changes.get("origin", command["origin"]),
        crossOrigin=False,
    )


def authenticator_data(domain, passkey, command, attested=b""):
    changes = command.get("changes", {})
    passkey["count"] += 0 if passkey["synced"] else 1
    flags = FLAG.USER_PRESENT | FLAG.USER_VERIFIED
    flags |= SYNCED if passkey["synced"] else 0
    flags |= FLAG.ATTESTED if attested else 0
    return AuthenticatorData.create(
        sha256(changes.get("domain", domain).encode()),
        flags ^ changes.get("flipFlags", 0),
        passkey["count"],
        attested,
    )


def credential(id, **response):
    id = websafe_encode(id)
    response = {name: websafe_encode(value) for name, value in response.items()}
    return {"id": id, "rawId": id, "type": "public-key", "response": response}


def create(command):
    options, alg = command["options"], command["alg"]
    passkey = {
        "id": os.urandom(32),
        "alg": alg,
        "key": NEW_KEYS[alg](),
        "synced": command["synced"],
        "count": 0,
        "handle": websafe_decode(options["user"]["id"]),
    }
    passkeys[command["name"]] = passkey
    public_key = CoseKey.for_alg(alg).from_cryptography_key(passkey["key"].public_key())
    attested = AttestedCredentialData.create(os.urandom(16), passkey["id"], public_key)
    client_data = client_data_of("webauthn.create", command)
    data = authenticator_data(options["rp"]["id"], passkey, command, attested)
    statement = {}
    if command["format"] == "packed":
        signature = sign(alg, passkey["key"], data + client_data.hash)
        statement = {"alg": alg, "sig": signature}
    made = AttestationObject.create(command["format"], data, statement)
    return credential(
        passkey["id"],
        clientDataJSON=client_data,
        attestationObject=made.with_string_keys(),
    )


def get(command):
    passkey = passkeys[command["name"]]
    client_data = client_data_of("webauthn.get", command)
    data = authenticator_data(command["options"]["rpId"], passkey, command)
    return credential(
        passkey["id"],
        clientDataJSON=client_data,
        authenticatorData=data,
        signature=sign(passkey["alg"], passkey["key"], data + client_data.hash),
        userHandle=passkey["handle"],
    )


def server_of(command):
    rp = PublicKeyCredentialRpEntity(command["domain"], "Gatehouse")
    return Fido2Server(rp, verify_origin=lambda origin: origin == command["origin"])


def state_of(command):
    return {"challenge": command["challenge"], "user_verification": "required"}


def read(command, *names):
    response = command["credential"]["response"]
    return [websafe_decode(response[name]) for name in names]


def register(command):
    """Verifies a registration; answers with its credential."""
    client_data, attestation = read(command, "clientDataJSON", "attestationObject")
    client_data, attestation = ClientData(client_data), AttestationObject(attestation)
    data = server_of(command).register_complete(state_of(command), client_data, attestation)
    if attestation.fmt == "packed":
        PackedAttestation().verify(attestation.att_statement, data, client_data.hash)
    return {"registered": websafe_encode(data.credential_data)}


def verify(command):
    """Verifies an assertion of a registered credential."""
    client_data, data, signature = read(
        command, "clientDataJSON", "authenticatorData", "signature"
    )
    server_of(command).authenticate_complete(
        state_of(command),
        [AttestedCredentialData(websafe_decode(command["registered"]))],
        websafe_decode(command["credential"]["id"]),
        ClientData(client_data),
        AuthenticatorData(data),
        signature,
    )
    return {}


COMMANDS = {"create": create, "get": get, "register": register, "verify": verify}

for line in sys.stdin:
    command = json.loads(line)
    try:
        answer = {"ok": True, "value": COMMANDS[command["do"]](command)}
    except Exception as error:  # Whatever it is: the credential was not accepted.
        answer = {"ok": False, "error": repr(error)}
    print(json.dumps(answer), flush=True)
