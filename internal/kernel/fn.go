package kernel

// Fn is an elementwise function of up to three operands a, b, c and two constants k0, k1.
type Fn uint8

// The elementwise functions. The gradient functions take the output y of the function as a and the gradient dy as b,
// unless they say otherwise.
const (
	Copy        Fn = iota // a
	Neg                   // −a
	Scale                 // k0·a
	Shift                 // a + k0
	Pow                   // a^k0
	Exp                   // eᵃ
	Log                   // ln a
	Abs                   // |a|
	Sign                  // −1, 0 or 1
	Sigmoid               // 1/(1 + e⁻ᵃ)
	Tanh                  // tanh a
	Relu                  // max(a, 0)
	Softplus              // ln(1 + eᵃ)
	Huber                 // a²/2 where |a| ≤ k0, else k0·(|a| − k0/2)
	Clamp                 // a limited to [k0, k1]
	Add                   // a + b
	Sub                   // a − b
	Mul                   // a·b
	Div                   // a/b
	Equal                 // 1 where a = b, else 0
	SigmoidGrad           // b·a·(1 − a)
	TanhGrad              // b·(1 − a²)
	ReluGrad              // b where a > 0, else 0
	PowGrad               // b·k0·a^(k0−1), with the function's input as a
	Select                // b where a ≠ 0, else c
	numFn
)

var fnInfo = [numFn]struct {
	name  string
	arity int
}{
	Copy: {"copy", 1}, Neg: {"neg", 1}, Scale: {"scale", 1}, Shift: {"shift", 1}, Pow: {"pow", 1}, Exp: {"exp", 1}, Log: {"log", 1},
	Abs: {"abs", 1}, Sign: {"sign", 1}, Sigmoid: {"sigmoid", 1}, Tanh: {"tanh", 1}, Relu: {"relu", 1}, Softplus: {"softplus", 1},
	Huber: {"huber", 1}, Clamp: {"clamp", 1}, Add: {"add", 2}, Sub: {"sub", 2}, Mul: {"mul", 2}, Div: {"div", 2}, Equal: {"equal", 2},
	SigmoidGrad: {"sigmoidGrad", 2}, TanhGrad: {"tanhGrad", 2}, ReluGrad: {"reluGrad", 2}, PowGrad: {"powGrad", 2}, Select: {"select", 3},
}

// String returns the function's name.
func (f Fn) String() string { return fnInfo[f].name }

// Arity returns how many operands the function reads.
func (f Fn) Arity() int { return fnInfo[f].arity }
