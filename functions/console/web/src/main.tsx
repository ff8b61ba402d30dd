import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { queries } from "./api/queries";
import { App, begin } from "./app";
import { LanguageProvider } from "./texts";
import { Exports } from "./ui/exports";
import { Toasts } from "./ui/frame";
import { ThemeProvider } from "./ui/theme";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/ui.css";
import "./styles/lists.css";
import "./styles/shell.css";

begin(location.pathname);
const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <ThemeProvider>
          <Toasts>
            <Exports>
              <App />
            </Exports>
          </Toasts>
        </ThemeProvider>
      </LanguageProvider>
    </QueryClientProvider>
  </StrictMode>,
);
