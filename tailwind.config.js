/** Names of the design tokens for Tailwind. The values are CSS variables in assets/css/tokens.css. */
const token = (name) => `var(--${name})`;
const tokens = (...names) => Object.fromEntries(names.map((name) => [name, token(name)]));

module.exports = {
  content: ["./app/templates/**/*.html", "./app/**/*.py", "./assets/js/**/*.js"],
  theme: {
    extend: {
      colors: tokens(
        "paper", "surface", "sunken", "raised", "line", "line-strong",
        "ink", "muted", "faint", "brand", "brand-ink", "brand-soft",
        "pos", "pos-soft", "neg", "neg-soft", "warn", "warn-soft", "ai", "ai-soft",
      ),
      fontFamily: { sans: ["Geist", "Geist Fallback", "system-ui", "sans-serif"] },
      borderRadius: { card: "16px", ctl: "10px" },
      fontSize: {
        "2xs": ["0.6875rem", { lineHeight: "1rem" }],
        figure: ["min(2.75rem, 15cqi)", { lineHeight: "1", letterSpacing: "-0.035em", fontWeight: "560" }],
        stat: ["1.625rem", { lineHeight: "1.1", letterSpacing: "-0.025em", fontWeight: "560" }],
        title: ["1.375rem", { lineHeight: "1.2", letterSpacing: "-0.02em", fontWeight: "560" }],
      },
      boxShadow: { card: token("shadow-card"), pop: token("shadow-pop") },
      maxWidth: { page: "78rem" },
    },
  },
};
