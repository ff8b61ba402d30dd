import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas } from "../../../api/client";
import { useProofs, useWrite } from "../../../api/queries";
import { Link } from "../../../router";
import { useLanguage } from "../../../texts";
import { Button, TextField } from "../../../ui/controls";
import { Dialog, SecondFactor, type Proof } from "../../../ui/dialog";
import { Badge, Empty, Loaded, Time } from "../../../ui/frame";
import { DataTable, type Column } from "../../../ui/table";
import { ActDialog } from "../act";
import { rights } from "../catalogue";
import type { TabProps } from "../details";
import { asPost, asPut, keyed, Secret } from "../outcome";

/** What lets an API user in (6): credentials, certificates, addresses. */
export function ApiTab(props: TabProps) {
  return (
    <>
      <Credentials {...props} />
      <Certificates {...props} />
      <Addresses {...props} />
    </>
  );
}

type Credential = Schemas["Credential"];
type Doing = { what: "create" } | { what: "rotate" | "revoke" | "reveal"; credential: Credential };

function Credentials({ user, me, etag }: TabProps) {
  const { t } = useLanguage();
  const [doing, setDoing] = useState<Doing>();
  const may = rights(me, user);
  const list = useQuery({
    queryKey: ["user", user.id, "credentials"],
    queryFn: () => answer(api.GET("/v1/users/{userId}/credentials", { params: { path: { userId: user.id } } })),
  });
  const always = me.organisation.settings.secretsShown === "always";
  const columns: Column<Credential>[] = [
    {
      id: "clientId", name: t("secret.id"), heads: true,
      cell: (row) => (
        <>
          <code className="long">{row.clientId}</code>
          {row.unseen && <Badge tone="warn">{t("credentials.unseen")}</Badge>}
        </>
      ),
    },
    { id: "secret", name: t("credentials.secret"), cell: (row) => t("credentials.number", { n: row.secret }) },
    { id: "createdAt", name: t("credentials.createdAt"), cell: (row) => <Time at={row.createdAt} style="date" /> },
    { id: "rotatedAt", name: t("credentials.rotatedAt"), cell: (row) => <Time at={row.rotatedAt} style="date" /> },
    {
      id: "until", name: t("credentials.until"),
      cell: (row) => (
        <div>
          {row.expiresAt ? <Time at={row.expiresAt} /> : t("credentials.untilRevoked")}
          {row.previousUntil && Date.parse(row.previousUntil) > Date.now() && (
            <p className="hint">
              {t("credentials.previousUntil")} <Time at={row.previousUntil} />
            </p>
          )}
        </div>
      ),
    },
    {
      id: "acts", name: t("userAct.more"), hidden: true,
      cell: (row) => (
        <div className="row acts">
          {may.secrets && (always || row.unseen) && <Button onPress={() => setDoing({ what: "reveal", credential: row })}>{t(row.unseen ? "credentials.claim" : "credentials.reveal")}</Button>}
          {may.credentials && <Button onPress={() => setDoing({ what: "rotate", credential: row })}>{t("credentials.rotate")}</Button>}
          {may.credentials && <Button look="quiet" onPress={() => setDoing({ what: "revoke", credential: row })}>{t("credentials.revoke")}</Button>}
        </div>
      ),
    },
  ];
  return (
    <section className="listed">
      <header className="list-head">
        <div>
          <h2>{t("credentials.title")}</h2>
          <p className="hint">{t(always ? "credentials.aboutAlways" : "credentials.about")}</p>
        </div>
        {may.credentials && may.secrets && (
          <Button icon="plus" onPress={() => setDoing({ what: "create" })}>
            {t("credentials.create")}
          </Button>
        )}
      </header>
      <Loaded query={list}>
        {({ items }) => (items.length === 0 ? <Empty title={t("credentials.none")} /> : <DataTable label={t("credentials.title")} columns={columns} rows={items} rowKey={(row) => row.id} />)}
      </Loaded>
      {doing && <CredentialDialog doing={doing} user={user} me={me} etag={etag} onClose={() => setDoing(undefined)} />}
    </section>
  );
}

/** The hours that a rotated secret goes on for where nothing else is wished; the API takes up to a week. */
const overlap = "24";

function CredentialDialog({ doing, user, me, etag, onClose }: TabProps & { doing: Doing; onClose: () => void }) {
  const { t } = useLanguage();
  const [day, setDay] = useState("");
  const [hours, setHours] = useState(overlap);
  const common = { me, onClose };
  if (doing.what === "create") {
    return (
      <ActDialog
        {...common} title={t("credentials.create")} text={t("credentials.createText")} act={t("credentials.create")} done={t("credentials.created")} names={["expiresAt"]}
        write={(how) =>
          answer(
            api.POST("/v1/users/{userId}/credentials", {
              params: { path: { userId: user.id }, ...asPost(how) },
              body: day ? { expiresAt: new Date(`${day}T23:59:59`).toISOString() } : {},
            }),
          )
        }
      >
        <TextField name="expiresAt" type="date" label={t("credentials.expiresAt")} hint={t("credentials.expiresAtHint")} value={day} onChange={setDay} />
      </ActDialog>
    );
  }
  const { credential } = doing;
  const path = { userId: user.id, credentialId: credential.id };
  switch (doing.what) {
    case "rotate":
      return (
        <ActDialog
          {...common} title={t("credentials.rotate")} text={t("credentials.rotateText")} act={t("credentials.rotate")} done={t("credentials.rotated")} names={["overlapHours"]}
          write={(how) => answer(api.POST("/v1/users/{userId}/credentials/{credentialId}/rotate", { params: { path, ...asPost(how) }, body: { overlapHours: Number(hours) } }))}
        >
          <TextField name="overlapHours" inputMode="numeric" label={t("credentials.overlap")} hint={t("credentials.overlapHint")} value={hours} onChange={(typed) => setHours(typed.replace(/\D/g, ""))} />
        </ActDialog>
      );
    case "revoke":
      return (
        <ActDialog
          {...common} title={t("credentials.revoke")} text={t("credentials.revokeText")} act={t("credentials.revoke")} done={t("credentials.revoked")} danger
          write={(how) => answer(api.DELETE("/v1/users/{userId}/credentials/{credentialId}", { params: { path, ...asPut({ ...how, etag }) } }))}
        />
      );
    case "reveal":
      return <Reveal userId={user.id} credential={credential} onClose={onClose} />;
  }
}

/** Shows a secret after the second factor: at any time, or once while nobody was shown it (6.1). */
function Reveal({ userId, credential, onClose }: { userId: string; credential: Credential; onClose: () => void }) {
  const { t } = useLanguage();
  const proofs = useProofs();
  const reveal = useWrite((proof: Proof, key) =>
    answer(
      api.POST("/v1/users/{userId}/credentials/{credentialId}/reveal", {
        params: { path: { userId, credentialId: credential.id }, header: keyed(key) },
        body: { ...proof, method: proof.method === "passkey" ? "passkey" : "totp" },
      }),
    ),
  );
  return (
    <Dialog title={t(credential.unseen ? "credentials.claim" : "credentials.reveal")} open onClose={onClose}>
      {reveal.data ? (
        <>
          <Secret credential={reveal.data.credential} kept={!credential.unseen} />
          <footer>
            <Button look="primary" onPress={onClose}>
              {t(credential.unseen ? "secret.kept" : "close")}
            </Button>
          </footer>
        </>
      ) : (
        <>
          <p>{t("credentials.revealText")}</p>
          <SecondFactor
            methods={proofs}
            challenge={async () => (await answer(api.POST("/v1/me/mfa/challenge"))).publicKey}
            onProof={reveal.mutate}
            error={reveal.error}
            pending={reveal.isPending}
            act={t("credentials.show")}
          />
        </>
      )}
    </Dialog>
  );
}

type Certificate = Schemas["Certificate"];

/** How long before its end a certificate is warned about here: that early its successor is due. */
const soon = 30 * 24 * 3600_000;

function Certificates({ user, me, etag }: TabProps) {
  const { t } = useLanguage();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Certificate>();
  const [pem, setPem] = useState("");
  const may = rights(me, user).certificates;
  const list = useQuery({
    queryKey: ["user", user.id, "certificates"],
    queryFn: () => answer(api.GET("/v1/users/{userId}/certificates", { params: { path: { userId: user.id }, query: { limit: 200 } } })),
  });
  const validity = (row: Certificate) => {
    const now = Date.now();
    if (Date.parse(row.notAfter) < now) return <Badge tone="bad">{t("certificates.expired")}</Badge>;
    if (Date.parse(row.notBefore) > now) return <Badge tone="accent">{t("certificates.notYet")}</Badge>;
    if (Date.parse(row.notAfter) - now < soon) return <Badge tone="warn">{t("certificates.soon")}</Badge>;
    return <Badge tone="good">{t("certificates.valid")}</Badge>;
  };
  const columns: Column<Certificate>[] = [
    { id: "subject", name: t("certificates.subject"), heads: true, cell: (row) => <span className="long">{row.subject}</span> },
    { id: "validity", name: t("certificates.validity"), cell: validity },
    { id: "from", name: t("certificates.from"), cell: (row) => <Time at={row.notBefore} style="date" /> },
    { id: "to", name: t("certificates.to"), cell: (row) => <Time at={row.notAfter} style="date" /> },
    { id: "issuer", name: t("certificates.issuer"), cell: (row) => <span className="long">{row.issuer}</span> },
    { id: "fingerprint", name: t("certificates.fingerprint"), cell: (row) => <code title={row.fingerprint}>{row.fingerprint.slice(0, 16)}…</code> },
    ...(may ? [{ id: "remove", name: t("certificates.remove"), hidden: true, cell: (row: Certificate) => <Button look="quiet" onPress={() => setRemoving(row)}>{t("certificates.remove")}</Button> }] : []),
  ];
  return (
    <section className="listed">
      <header className="list-head">
        <div>
          <h2>{t("certificates.title")}</h2>
          <p className="hint">{t(may || user.openChange ? "certificates.about" : "certificates.byStaff")}</p>
        </div>
        {may && (
          <Button icon="plus" onPress={() => setAdding(true)}>
            {t("certificates.add")}
          </Button>
        )}
      </header>
      <Loaded query={list}>
        {({ items }) => (items.length === 0 ? <Empty title={t("certificates.none")} /> : <DataTable label={t("certificates.title")} columns={columns} rows={items} rowKey={(row) => row.fingerprint} />)}
      </Loaded>
      {adding && (
        <ActDialog
          me={me} title={t("certificates.add")} text={t("certificates.addText")} act={t("certificates.add")} done={t("certificates.added")} names={["pem"]}
          write={(how) => answer(api.POST("/v1/users/{userId}/certificates", { params: { path: { userId: user.id }, ...asPost(how) }, body: { pem } }))}
          onClose={() => {
            setAdding(false);
            setPem("");
          }}
        >
          <TextField name="pem" label={t("certificates.pem")} hint={t("certificates.pemHint")} rows={8} value={pem} onChange={setPem} isRequired />
        </ActDialog>
      )}
      {removing && (
        <ActDialog
          me={me} title={t("certificates.remove")} text={t("certificates.removeText", { subject: removing.subject })} act={t("certificates.remove")} done={t("certificates.removed")} danger
          write={(how) => answer(api.DELETE("/v1/users/{userId}/certificates/{fingerprint}", { params: { path: { userId: user.id, fingerprint: removing.fingerprint }, ...asPut({ ...how, etag }) } }))}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </section>
  );
}

function Addresses({ user, me }: TabProps) {
  const { t } = useLanguage();
  return (
    <section className="listed">
      <header className="list-head">
        <div>
          <h2>{t("user.ipAllowList")}</h2>
          <p className="hint">{t("addresses.about")}</p>
        </div>
        {rights(me, user).edit && (
          <Link href={`/users/${user.id}/edit`} className="button plain">
            {t("userAct.edit")}
          </Link>
        )}
      </header>
      {user.ipAllowList.length === 0 ? (
        <Empty title={t("details.anyAddress")} />
      ) : (
        <ul className="card addresses">
          {user.ipAllowList.map((one) => (
            <li key={one}>
              <code>{one}</code>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
