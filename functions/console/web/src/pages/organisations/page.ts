import { may, type Me } from "../../api/queries";
import type { Declaration } from "../../pages";

const operates = (me: Me) => may(me, "platform:view");

export default [
  {
    path: "/organisations", title: "organisations.title", load: () => import("./list"), shown: operates,
    entry: { icon: "organisations", group: "organisation", order: 6 },
  },
  { path: "/organisations/new", title: "organisations.new", load: () => import("./new"), shown: (me) => may(me, "platform:manage") },
  { path: "/organisations/:id", title: "organisations.title", load: () => import("./one"), shown: operates },
  {
    path: "/kyc-cases", title: "kycCases.title", load: () => import("./kyc"), shown: (me) => operates(me) && may(me, "kyc:view"),
    entry: { icon: "shield", group: "organisation", order: 7 },
  },
] satisfies Declaration[];
