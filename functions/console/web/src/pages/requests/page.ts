import { may, type Me } from "../../api/queries";
import type { Declaration } from "../../pages";
import { files, sees } from "./parts";

/** Who neither files nor decides has nothing here. */
const shown = (me: Me) => sees(me) || may(me, "requests:decide");

export default [
  { path: "/service-requests", title: "requests.title", load: () => import("./list"), shown, entry: { icon: "requests", group: "control", order: 2 } },
  { path: "/service-requests/new", title: "requests.new", load: () => import("./create"), shown: files },
  { path: "/service-requests/:id", title: "requests.title", load: () => import("./detail"), shown },
] satisfies Declaration[];
