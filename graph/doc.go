// Package graph declares models as symbolic Gorgonia expression graphs, differentiates them, and compiles forward and
// backward pass into one static program, which runs at close to the speed of the machine without allocating.
//
// It has levels, each made of the one below and nothing else.
//
//   - A Network is layers of one kind of Cell, in one direction or both. Network.Unroll declares it over a sequence;
//     NewStepper makes a Stepper of it, which runs one time step at a time and keeps the state.
//   - A Cell is one step of a recurrent network in plain operations. Builder.Unroll applies it to each step of a
//     sequence: back-propagation through time is the differentiation of what that declares.
//   - A Builder makes the nodes of one graph: inputs, parameters, operations. Grad appends the adjoints. Compile turns
//     what the outputs and the loss need into a Program, which is run any number of times. Nodes of Gorgonia's own
//     functions may be mixed with the builder's.
//   - Params is the store that the parameters live in, which outlives any one graph and writes and reads files in the
//     safetensors format. Gradients belong to a program; they and the parameters are what solvers take (Program.Grads).
//
// A graph by hand:
//
//	params := graph.NewParams(tensor.Float32)
//	b := graph.NewBuilder(params)
//	x := b.Input("x", 8, 3)
//	y := b.Tanh(b.Linear("", 4, x))
//	loss := b.MSE(y, b.Input("target", 8, 4))
//	prog, err := graph.Compile(b, graph.Loss(loss), graph.OutputAs("y", y))
//
// Building returns nodes, not errors: the builder keeps the first error and Compile returns it. A program does not keep
// its graph.
//
// # Many goroutines
//
// A Builder, a Program and a Stepper each serve one goroutine at a time. Any number of programs of one store may run at
// the same time in different goroutines, and graphs may be compiled beside them, under two conditions: nobody changes
// the parameters meanwhile, by training, loading or declaring new ones, and programs that run at the same time do not
// compute in one Workspace. A model that serves has a program for each goroutine, compiled with FixedParams: they share
// what they read of the parameters, and each has nothing of its own but inputs, outputs and what a run computes on the
// way. A run uses several threads where that pays; Threads(1) leaves the cores to the other goroutines.
package graph
