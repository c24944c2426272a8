// Package audit has no code but its tests: they call every exported function and method of the public packages with what
// makes no sense (nil, empty, negative, NaN, infinite, huge, of another graph) and see that nothing panics, hangs or takes
// memory without bound, and that errors say something. A test finds what is exported and not in the table.
package audit
