// Prints the page. Markup: <button data-print>.
import { on } from "./dom.js";

on("click", "[data-print]", () => print());
