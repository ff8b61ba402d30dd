import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { answer, api, type Schemas, type User } from "../../api/client";
import { useAccounts } from "../../api/lists";
import { useMe, useWrite } from "../../api/queries";
import { Link, useLocation, useSearch } from "../../router";
import { useLanguage } from "../../texts";
import { Button, Select, TextField } from "../../ui/controls";
import { PageFrame, useTell } from "../../ui/frame";
import { UserField } from "../../ui/person";
import { Form } from "../../ui/problem";
import { actsOf, type Act } from "./parts";
import { blank, draftOf, newUser, patchOf, PersonFields, type Draft } from "./person";
import "./requests.css";

const all = ["createUser", "updateUser", "deactivateUser", "reactivateUser", "removeUser", "resetSecondFactor", "addCertificate", "removeCertificate"] as const;
const fields = { act: all } as const;

/** The fields of the form, as a request's body names them. */
const names = [
  "act", "target", "pem", "fingerprint", "note",
  ...["user", "patch"].flatMap((under) => ["kind", "name.first", "name.last", "email", "username", "phone", "language", "paymentRule"].map((field) => `${under}.${field}`)),
];

/** Files a service request: an act that only the platform's staff may do (1.5). */
export default function CreateServiceRequest() {
  const { t, name } = useLanguage();
  const me = useMe();
  const tell = useTell();
  const [, navigate] = useLocation();
  const acts = actsOf(me);
  const [search, change] = useSearch(fields);
  const act: Act = search.act && acts.includes(search.act) ? search.act : "createUser";
  const [draft, setDraft] = useState<Draft>(blank);
  const [target, setTarget] = useState<User>();
  const [pem, setPem] = useState("");
  const [fingerprint, setFingerprint] = useState<string>();
  const [note, setNote] = useState("");
  const accounts = useAccounts();
  const companies = (ids: string[]) => [...new Set(ids.flatMap((id) => accounts.data?.find((one) => one.id === id)?.company ?? []))];
  const file = useWrite(
    (_: undefined, key) => {
      const body: Schemas["CreateServiceRequestInputBody"] = { act, note: note || undefined };
      if (act === "createUser") body.user = newUser(draft, companies);
      else body.target = target?.id;
      if (act === "updateUser" && target) body.patch = patchOf(target, draft, companies);
      if (act === "addCertificate") body.pem = pem;
      if (act === "removeCertificate") body.fingerprint = fingerprint;
      return answer(api.POST("/v1/service-requests", { body, params: { header: { "Idempotency-Key": key } } }));
    },
    {
      onSuccess({ request }) {
        tell(t("requests.filed"));
        navigate(`/service-requests/${request.id}`);
      },
    },
  );
  const pick = (user: User | undefined) => {
    setTarget(user);
    setFingerprint(undefined);
    if (user && act === "updateUser") setDraft(draftOf(user));
  };
  const begin = (next: string | undefined) => {
    file.reset();
    setTarget(undefined);
    setDraft(blank);
    setFingerprint(undefined);
    change({ act: all.find((one) => one === next) });
  };
  const certificates = act === "addCertificate" || act === "removeCertificate";
  return (
    <PageFrame title={t("requests.new")} trail={[{ href: "/service-requests", name: t("requests.title") }]}>
      <p className="lead">{t("requests.newText")}</p>
      <div className="sheet request-form">
        <Form error={file.error} names={names} onSubmit={() => file.mutate(undefined)}>
          <Select name="act" label={t("requests.act")} options={acts.map((id) => ({ id, name: name("changes.act", id) }))} value={act} onChange={begin} hint={t(`requests.hint.${act}`)} />
          {act !== "createUser" && (
            <UserField
              key={act}
              name="target"
              label={t("requests.target")}
              placeholder={t("users.search")}
              value={target?.id}
              onChange={(_, user) => pick(user)}
              kind={certificates ? "api" : undefined}
              status={act === "reactivateUser" ? "inactive" : act === "deactivateUser" ? "active" : undefined}
              isRequired
            />
          )}
          {(act === "createUser" || (act === "updateUser" && target)) && (
            <PersonFields key={target?.id ?? act} under={act === "createUser" ? "user" : "patch"} draft={draft} change={(part) => setDraft({ ...draft, ...part })} isNew={act === "createUser"} />
          )}
          {act === "addCertificate" && <TextField name="pem" label={t("requests.pem")} value={pem} onChange={setPem} rows={8} isRequired hint={t("requests.pemHint")} />}
          {act === "removeCertificate" && target && <CertificateSelect user={target} value={fingerprint} onChange={setFingerprint} />}
          <TextField rows={4} name="note" label={t("requests.note")} value={note} onChange={setNote} maxLength={1000} hint={t("requests.noteHint")} />
          <div className="row">
            <Button look="primary" type="submit" isPending={file.isPending}>
              {t("requests.file")}
            </Button>
            <Link href="/service-requests" className="button plain">
              {t("cancel")}
            </Link>
          </div>
        </Form>
      </div>
    </PageFrame>
  );
}

function CertificateSelect({ user, value, onChange }: { user: User; value: string | undefined; onChange: (fingerprint: string | undefined) => void }) {
  const { t, moment } = useLanguage();
  const certificates = useQuery({
    queryKey: ["certificates", user.id],
    queryFn: () => answer(api.GET("/v1/users/{userId}/certificates", { params: { path: { userId: user.id }, query: { limit: 200 } } })),
  });
  if (!certificates.data) return null;
  if (certificates.data.items.length === 0) return <p role="status">{t("requests.noCertificates")}</p>;
  return (
    <Select
      name="fingerprint"
      label={t("changes.fieldName.certificate")}
      options={certificates.data.items.map((one) => ({ id: one.fingerprint, name: t("requests.certificate", { subject: one.subject, until: moment(one.notAfter, "date"), fingerprint: one.fingerprint.slice(0, 12) }) }))}
      value={value}
      onChange={onChange}
      isRequired
    />
  );
}
