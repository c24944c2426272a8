package main

import (
	"fmt"
	"slices"
	"strings"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// optimizers writes the update steps; each is a pass over slices of one length whose speed is that of the memory.
func optimizers(s *set) {
	update(s, "sgd", "w grad", "lr decay", func(o *updater) {
		o.decayed("decay")
		s.v("VFNMADD231PS", o.c("lr"), o.x("grad"), o.x("w"))
		o.store("w")
	})
	for _, nesterov := range []bool{false, true} {
		name := map[bool]string{false: "momentum", true: "nesterov"}[nesterov]
		update(s, name, "w grad v", "lr decay momentum", func(o *updater) {
			o.decayed("decay")
			s.v("VFMADD213PS", o.x("grad"), o.c("momentum"), o.x("v"))
			o.store("v")
			u := o.x("v")
			if nesterov {
				u = o.x("grad")
				s.v("VFMADD231PS", o.c("momentum"), o.x("v"), u)
			}
			s.v("VFNMADD231PS", o.c("lr"), u, o.x("w"))
			o.store("w")
		})
	}
	update(s, "adam", "w grad m v", "keep decay c1 beta2 c2 size perRoot eps", func(o *updater) {
		o.decayed("decay")
		t, d := o.t(0), o.t(1)
		s.v("VSUBPS", o.x("m"), o.x("grad"), t)
		s.v("VFMADD231PS", o.c("c1"), t, o.x("m"))
		o.average("v", "beta2", "c2", t)
		o.store("m")
		o.store("v")
		s.v("VSQRTPS", o.x("v"), t)
		s.v("VFMADD213PS", o.c("eps"), o.c("perRoot"), t)
		s.v("VDIVPS", t, o.x("m"), d)
		s.v("VMULPS", o.c("keep"), o.x("w"), o.x("w"))
		s.v("VFNMADD231PS", o.c("size"), d, o.x("w"))
		o.store("w")
	})
	for _, mean := range []bool{false, true} {
		for _, velocity := range []bool{false, true} {
			name, operands := "rmsprop", "w grad v"
			if mean {
				name, operands = name+"Mean", operands+" mean"
			}
			if velocity {
				name, operands = name+"Velocity", operands+" velocity"
			}
			update(s, name, operands, "lr decay alpha c eps momentum", func(o *updater) {
				o.decayed("decay")
				t, d := o.t(0), o.t(1)
				o.average("v", "alpha", "c", t)
				o.store("v")
				if mean {
					s.v("VSUBPS", o.x("mean"), o.x("grad"), t)
					s.v("VFMADD231PS", o.c("c"), t, o.x("mean"))
					o.store("mean")
					s.v("VFNMADD231PS", o.x("mean"), o.x("mean"), o.x("v"))
					s.clear(t)
					s.v("VMAXPS", o.x("v"), t, o.x("v")) // a variance, and below zero only by rounding; NaN stays
				}
				s.v("VSQRTPS", o.x("v"), t)
				s.v("VADDPS", o.c("eps"), t, t)
				s.v("VDIVPS", t, o.x("grad"), d)
				if velocity {
					s.v("VFMADD231PS", o.c("momentum"), o.x("velocity"), d)
					s.v("VMOVAPS", d, o.x("velocity"))
					o.store("velocity")
				}
				s.v("VFNMADD231PS", o.c("lr"), d, o.x("w"))
				o.store("w")
			})
		}
	}
	update(s, "adagrad", "w grad sum", "lr decay eps", func(o *updater) {
		o.decayed("decay")
		t := o.t(0)
		s.v("VFMADD231PS", o.x("grad"), o.x("grad"), o.x("sum"))
		o.store("sum")
		s.v("VSQRTPS", o.x("sum"), t)
		s.v("VADDPS", o.c("eps"), t, t)
		s.v("VDIVPS", t, o.x("grad"), t)
		s.v("VFNMADD231PS", o.c("lr"), t, o.x("w"))
		o.store("w")
	})
	update(s, "adadelta", "w grad v u", "lr decay rho c eps", func(o *updater) {
		o.decayed("decay")
		t, d := o.t(0), o.t(1)
		o.average("v", "rho", "c", t)
		o.store("v")
		s.v("VADDPS", o.c("eps"), o.x("v"), t)
		s.v("VADDPS", o.c("eps"), o.x("u"), d)
		s.v("VSQRTPS", t, t)
		s.v("VSQRTPS", d, d)
		s.v("VDIVPS", t, d, d)
		s.v("VMULPS", d, o.x("grad"), o.x("grad"))
		o.average("u", "rho", "c", t)
		o.store("u")
		s.v("VFNMADD231PS", o.c("lr"), o.x("grad"), o.x("w"))
		o.store("w")
	})
	update(s, "average", "mean w", "c", func(o *updater) {
		s.v("VSUBPS", o.x("mean"), o.x("w"), o.x("w"))
		s.v("VFMADD231PS", o.c("c"), o.x("w"), o.x("mean"))
		o.store("mean")
	})
}

// updater knows the registers of an update step.
type updater struct {
	*set
	slices, constants []string
	pointers          []reg.GPPhysical // to the slices
}

// update writes a function over the named slices with the named constants, whose values are the last parameter.
func update(s *set, name, operands, constants string, body func(o *updater)) {
	o := &updater{s, strings.Fields(operands), strings.Fields(constants), []reg.GPPhysical{reg.RDI, reg.RSI, reg.R8, reg.R10, reg.R11}}
	o.pointers = o.pointers[:len(o.slices)]
	s.function(name+"Step", fmt.Sprintf("func(n int, %s *float32, c [%d]float32)", strings.Join(o.slices, ", "), len(o.constants)),
		fmt.Sprintf("updates n elements; c holds %s.", strings.Join(o.constants, ", ")),
		append([]reg.GPPhysical{reg.R9}, o.pointers...)...)
	for i, c := range o.constants {
		s.v("VBROADCASTSS", NewParamAddr(fmt.Sprintf("c_%d", i), 8*(1+len(o.slices))+4*i), o.c(c))
	}
	s.loop(reg.R9, 1, func(int) {
		for i, x := range o.slices {
			s.load(s.at(o.pointers[i], 0), o.x(x))
		}
		body(o)
	})
	s.ret()
}

// x is the register of an element of a slice, t a temporary one, and c one of a constant.
func (o *updater) x(name string) reg.VecPhysical { return o.z(slices.Index(o.slices, name)) }
func (o *updater) t(i int) reg.VecPhysical       { return o.z(len(o.slices) + i) }
func (o *updater) c(name string) reg.VecPhysical { return o.z(14 - slices.Index(o.constants, name)) }

// store writes an element of a slice back.
func (o *updater) store(name string) {
	i := slices.Index(o.slices, name)
	o.set.store(o.z(i), o.at(o.pointers[i], 0))
}

// decayed adds the weight decay to the gradient.
func (o *updater) decayed(decay string) { o.v("VFMADD231PS", o.c(decay), o.x("w"), o.x("grad")) }

// average is x ← keep·x + c·g².
func (o *updater) average(x, keep, c string, t reg.VecPhysical) {
	o.v("VMULPS", o.c(c), o.x("grad"), t)
	o.v("VMULPS", o.c(keep), o.x(x), o.x(x))
	o.v("VFMADD231PS", t, o.x("grad"), o.x(x))
}
