package command

//go:generate sh -c "go run ../cmd/zoo tasks --markdown > ../docs/tasks.md"
