import { useMe } from "../../api/queries";
import { useLanguage } from "../../texts";
import { Button } from "../../ui/controls";
import { Dialog } from "../../ui/dialog";
import { useTell } from "../../ui/frame";

/** Recovery codes, this once: to be copied, saved as a file, or printed. */
export function CodesDialog({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useLanguage();
  const tell = useTell();
  const { user } = useMe();
  const text = codes.join("\n");
  const save = () => {
    const url = URL.createObjectURL(new Blob([`${t("profile.codesFor", { name: user.email })}\n\n${text}\n`], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Dialog title={t("codes.title")} open onClose={onClose}>
      <p>{t("codes.text")}</p>
      <ul className="profile-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        <Button onPress={() => void navigator.clipboard.writeText(text).then(() => tell(t("profile.copied")))}>{t("copy")}</Button>
        <Button icon="download" onPress={save}>
          {t("profile.download")}
        </Button>
        <Button onPress={() => print()}>{t("profile.print")}</Button>
      </div>
      <footer>
        <Button look="primary" onPress={onClose}>
          {t("codes.kept")}
        </Button>
      </footer>
    </Dialog>
  );
}
