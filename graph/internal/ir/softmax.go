package ir

// Softmax and its logarithm, over the last axis; the gradients take (y, dy).
type (
	Softmax        struct{ rowwise }
	SoftmaxGrad    struct{ rowwise }
	LogSoftmax     struct{ rowwise }
	LogSoftmaxGrad struct{ rowwise }
)

func (Softmax) String() string        { return "softmax" }
func (SoftmaxGrad) String() string    { return "softmaxGrad" }
func (LogSoftmax) String() string     { return "logSoftmax" }
func (LogSoftmaxGrad) String() string { return "logSoftmaxGrad" }

func (Softmax) Check(out []int, args [][]int) error        { return same(out, args, 1) }
func (SoftmaxGrad) Check(out []int, args [][]int) error    { return same(out, args, 2) }
func (LogSoftmax) Check(out []int, args [][]int) error     { return same(out, args, 1) }
func (LogSoftmaxGrad) Check(out []int, args [][]int) error { return same(out, args, 2) }

func (o Softmax) Batch(_ []int, stacked []bool) (Op, bool)        { return o, all(stacked) }
func (o SoftmaxGrad) Batch(_ []int, stacked []bool) (Op, bool)    { return o, all(stacked) }
func (o LogSoftmax) Batch(_ []int, stacked []bool) (Op, bool)     { return o, all(stacked) }
func (o LogSoftmaxGrad) Batch(_ []int, stacked []bool) (Op, bool) { return o, all(stacked) }
