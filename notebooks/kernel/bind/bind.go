// Package bind registers packages with the interpreter of the notebooks' kernel, so that notebooks import them at once;
// without it gomacro would compile each as a plugin. The table is written by notebooks/bindgen.
package bind
