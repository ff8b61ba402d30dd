import { may } from "../../api/queries";
import type { Declaration } from "../../pages";

export default {
  path: "/organisation",
  title: "organisation.title",
  load: () => import("./own"),
  shown: (me) => may(me, "organisation:view"),
  entry: { icon: "settings", group: "organisation", order: 5 },
} satisfies Declaration;
