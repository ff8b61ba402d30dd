import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

export default {
  path: "/contacts",
  title: "contacts.title",
  load: () => import("./list"),
  shown: (me) => me.organisation.settings.contacts && may(me, "contacts:manage"),
  entry: { icon: "contacts", group: "people", order: 2 },
} satisfies Declaration;
