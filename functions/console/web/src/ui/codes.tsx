import { useMe } from "../api/queries";
import { useLanguage } from "../texts";
import { Button } from "./controls";
import { useTell } from "./frame";

/** Recovery codes, this once: to be copied, saved as a file, or printed. */
export function Codes({ codes }: { codes: string[] }) {
  const { t } = useLanguage();
  const tell = useTell();
  const { user } = useMe();
  const text = codes.join("\n");
  const save = () => {
    const url = URL.createObjectURL(new Blob([`${t("codes.for", { name: user.email })}\n\n${text}\n`], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <p>{t("codes.text")}</p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row">
        <Button onPress={() => void navigator.clipboard.writeText(text).then(() => tell(t("codes.copied")))}>{t("copy")}</Button>
        <Button icon="download" onPress={save}>
          {t("codes.download")}
        </Button>
        <Button onPress={() => print()}>{t("codes.print")}</Button>
      </div>
    </>
  );
}
