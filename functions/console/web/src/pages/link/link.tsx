import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { answer, api, inCookie, type Schemas } from "../../api/client";
import { forget, queries, useWrite } from "../../api/queries";
import { Link, useLocation } from "../../router";
import { useLanguage } from "../../texts";
import { Button, TextField } from "../../ui/controls";
import { Loading, Time } from "../../ui/frame";
import { Form, Problem } from "../../ui/problem";
import { Alone } from "../signin/alone";

/** What a mailed link leads to. Looking at it consumes nothing: only the person's own press redeems it (4.4). */
export default function MailedLink() {
  const { t } = useLanguage();
  const [token, setToken] = useState(read);
  useEffect(() => {
    const follow = () => setToken(read());
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const link = useQuery({
    queryKey: ["once", "link", token],
    queryFn: () => answer(api.POST("/v1/links/inspect", { body: { token } })),
    enabled: token !== "",
    staleTime: Infinity,
  });
  if (!token) {
    return (
      <Alone title={t("link.incomplete")}>
        <p>{t("link.again")}</p>
      </Alone>
    );
  }
  if (link.error) {
    return (
      <Alone title={t("link.title")}>
        <Problem error={link.error} />
        <Link href="/" className="button plain">
          {t("link.onward")}
        </Link>
      </Alone>
    );
  }
  return link.data ? <Redeem token={token} link={link.data} /> : <Loading />;
}

/** The token is in the fragment, which no server is told. */
const read = () => new URLSearchParams(location.hash.slice(1)).get("token") ?? "";

function Redeem({ token, link }: { token: string; link: Schemas["LinkAnswerBody"] }) {
  const { t } = useLanguage();
  const [, navigate] = useLocation();
  const [password, setPassword] = useState("");
  const redeem = useWrite(
    (_: undefined, key) =>
      answer(api.POST("/v1/links/redeem", { body: { token, password: link.needsPassword ? password : undefined }, params: { header: { "Idempotency-Key": key, ...inCookie } } })),
    {
      onSuccess(redeemed) {
        if (redeemed.session) void queries.invalidateQueries({ queryKey: ["me"] });
        else forget();
        navigate("/", { replace: true }); // the token leaves the address
      },
    },
  );
  return (
    <Alone title={t(`link.${link.kind}`)}>
      <p>{t("link.for", { name: link.name, email: link.email, organisation: link.organisation })}</p>
      <Form error={redeem.error} names={["password"]} onSubmit={() => redeem.mutate(undefined)}>
        {/* So that a password manager knows whose password it keeps. */}
        <input type="text" autoComplete="username" value={link.email} readOnly hidden />
        {link.needsPassword ? (
          <TextField name="password" type="password" label={t("link.password")} hint={t("link.passwordHint")} value={password} onChange={setPassword} autoComplete="new-password" isRequired autoFocus />
        ) : (
          <p>{t("link.keepsPassword")}</p>
        )}
        <Button look="primary" type="submit" isPending={redeem.isPending}>
          {t("link.act")}
        </Button>
      </Form>
      <p className="faint">
        {t("link.until")} <Time at={link.expiresAt} />
      </p>
    </Alone>
  );
}
