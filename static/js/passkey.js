// Passkeys: asks the device and puts its answer into the form. The forms: templates/mfa/webauthn/, account/login.html.
// Without this script, or where the browser has no passkeys, the forms stay hidden and a sentence says so.

const isAddressWithoutName = /^[\d.]+$|^\[/.test(location.hostname); // passkeys belong to a name, not to a number

if (window.PublicKeyCredential && window.isSecureContext && !isAddressWithoutName) {
  for (const form of document.querySelectorAll("[data-passkey]")) offer(form);
}

function offer(form) {
  const { passkey, options, failed } = form.dataset;
  const alert = form.querySelector("[data-passkey-failed]");
  form.hidden = false;
  for (const missing of document.querySelectorAll("[data-passkey-missing]")) missing.hidden = true;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    alert.hidden = true;
    try {
      const asked = passkey === "sign-in" ? await fetchOptions(form.action) : readOptions(options);
      const credential = passkey === "add" ? await create(asked) : await get(asked);
      form.elements.credential.value = JSON.stringify(asJson(credential));
      form.submit();
    } catch {
      alert.textContent = failed;
      alert.hidden = false;
    }
  });
}

function readOptions(id) {
  const { creation_options, request_options } = JSON.parse(document.getElementById(id).textContent);
  return creation_options ?? request_options;
}

async function fetchOptions(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return (await answer.json()).request_options;
}

function create({ publicKey }) {
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: (publicKey.excludeCredentials ?? []).map(withBytes),
      // As much as the device can do: then it signs in alone, and where it cannot it is a second factor.
      authenticatorSelection: {
        ...publicKey.authenticatorSelection,
        residentKey: "preferred",
        requireResidentKey: false,
        userVerification: "preferred",
      },
    },
  });
}

function get({ publicKey }) {
  return navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: (publicKey.allowCredentials ?? []).map(withBytes),
    },
  });
}

const withBytes = (descriptor) => ({ ...descriptor, id: bytes(descriptor.id) });

function asJson(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(
      parts.filter((part) => response[part]).map((part) => [part, text(response[part])]),
    ),
  };
}

// Bytes travel as base64url, without padding.
function bytes(encoded) {
  const characters = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

function text(buffer) {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(characters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
