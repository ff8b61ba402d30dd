import { createContext, useContext, useEffect, useState, type ReactNode } from "react";

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

const remembered = "theme";
const Context = createContext<[Theme, (theme: Theme) => void]>(["system", () => {}]);

/** Light or dark, as the system has it or as chosen here (tokens.css does the rest). */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const [theme, set] = useState<Theme>(() => themes.find((one) => one === localStorage.getItem(remembered)) ?? "system");
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(remembered, theme);
  }, [theme]);
  return <Context value={[theme, set]}>{children}</Context>;
}

export const useTheme = () => useContext(Context);
