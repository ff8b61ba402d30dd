/** Whether this browser, on this host, can use passkeys: they need a name, and no address will do. */
export const passkeysWork = () => "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential && !/^[\d.]+$|:/.test(location.hostname);

type Options = Record<string, unknown>;

/** Has a passkey answer the API's challenge. It fails where the person declines. */
export async function askPasskey(options: unknown): Promise<Options> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return told(await navigator.credentials.get({ publicKey }));
}

/** Has the browser make a passkey for the API's challenge. It fails where the person declines. */
export async function makePasskey(options: unknown): Promise<Options> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return told(await navigator.credentials.create({ publicKey }));
}

function told(credential: Credential | null): Options {
  if (!(credential instanceof PublicKeyCredential)) throw new Error("no passkey");
  return credential.toJSON() as Options;
}
