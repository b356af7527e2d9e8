// SPDX-License-Identifier: GPL-2.0
// static: what names mean to a program that calls the kernel itself; static.c is its twin

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

func doRead(name string) error {
	data, err := os.ReadFile(name)
	os.Stdout.Write(data)
	return err
}

func typeName(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "file"
	case mode.IsDir():
		return "directory"
	case mode&fs.ModeSymlink != 0:
		return "symlink"
	}
	return "other"
}

func doList(name string) error {
	entries, err := os.ReadDir(name)
	for _, entry := range entries {
		fmt.Println(entry.Name(), typeName(entry.Type()))
	}
	return err
}

// The kernel is asked: os.Getwd would believe $PWD.
func printCwd() error {
	cwd, err := syscall.Getwd()
	if err == nil {
		fmt.Println(cwd)
	}
	return err
}

func doEnter(name string) error {
	if err := os.Chdir(name); err != nil {
		return err
	}
	if err := printCwd(); err != nil {
		return err
	}
	if err := os.Chdir(".."); err != nil {
		return err
	}
	return printCwd()
}

func doReal(name string) error {
	real, err := filepath.EvalSymlinks(name)
	if err == nil {
		fmt.Println(real)
	}
	return err
}

func doRun(name string) error {
	cmd := exec.Command(name, "self", name)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	return cmd.Run()
}

func doSelf(string) error {
	self, err := os.Executable()
	if err == nil {
		fmt.Println(self)
	}
	return err
}

func doWrite(name string) error {
	return os.WriteFile(name, []byte("written\n"), 0644)
}

var commands = map[string]func(string) error{
	"read":  doRead,
	"list":  doList,
	"enter": doEnter,
	"real":  doReal,
	"run":   doRun,
	"self":  doSelf,
	"write": doWrite,
}

func main() {
	if len(os.Args) != 3 || commands[os.Args[1]] == nil {
		fmt.Fprintf(os.Stderr, "usage: %s read|list|enter|real|run|self|write NAME\n",
			os.Args[0])
		os.Exit(2)
	}
	err := commands[os.Args[1]](os.Args[2])
	if err == nil {
		return
	}
	// in the words of the twin
	var errno syscall.Errno
	switch {
	case !errors.As(err, &errno):
		fmt.Printf("%s: %v\n", os.Args[2], err)
	case errno == syscall.ENOENT:
		fmt.Printf("%s: No such file or directory\n", os.Args[2])
	case errno == syscall.EROFS:
		fmt.Printf("%s: Read-only file system\n", os.Args[2])
	default:
		fmt.Printf("%s: %s\n", os.Args[2], errno.Error())
	}
	os.Exit(1)
}
