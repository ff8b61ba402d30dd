import { useMe } from "../../api/queries";
import { useEnter } from "../../enter";
import { Link, useParams } from "../../router";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Problem } from "../../ui/problem";
import { About } from "../organisation/about";
import "./organisations.css";

/** An organisation as operators see it: its settings, and the way in to its people and accounts (9.1). */
export default function One() {
  const { t } = useLanguage();
  const { id = "" } = useParams<{ id: string }>();
  const me = useMe();
  const enter = useEnter();
  const inside = me.organisation.id === id;
  const ways = [
    { to: "/users?kind=admin", name: t("organisations.toAdmins") },
    { to: "/users?kind=api", name: t("organisations.toApi") },
    { to: "/accounts", name: t("organisations.toAccounts") },
  ];
  return (
    <>
      <Problem error={enter.error} />
      <About
        key={id}
        id={id}
        trail={[{ href: "/organisations", name: t("organisations.title") }]}
        actions={ways.map((way) =>
          inside ? (
            <Link key={way.to} href={way.to} className="organisations-way">
              {way.name}
            </Link>
          ) : (
            <Button key={way.to} onPress={() => enter.mutate({ organisation: id, to: way.to })} isDisabled={enter.isPending}>
              {way.name}
            </Button>
          ),
        )}
      />
    </>
  );
}
