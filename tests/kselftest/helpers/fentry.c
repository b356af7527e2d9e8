// SPDX-License-Identifier: GPL-2.0
/*
 * fentry - BPF programs at the entry and the exit of functions
 *
 * Usage: fentry COMM FUNCTION [OTHER]...
 *
 * Says "up" once the programs are there, then "entered" and "left" each time that a process
 * called COMM (of less than 8 bytes) enters and leaves FUNCTION.  At the entry
 * of each OTHER there is a program that does nothing.
 *
 * In the place of bpftrace: Debian 12's wants types with an identifier, which 5.10's lack.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define insn(c, dst, src, offset, value) ((struct bpf_insn){	\
	.code = (c), .dst_reg = (dst), .src_reg = (src), .off = (offset), .imm = (value) })
#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

enum { ENTRIES, EXITS, COUNTERS };

struct counters {
	uint64_t n[COUNTERS];
};

static void attach(const char *function, enum bpf_attach_type type,
		   const struct bpf_insn *insns, size_t n)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = type);
	int id = libbpf_find_vmlinux_btf_id(function, type);
	int prog;

	if (id < 0)
		errx(1, "the kernel's types have no %s", function);
	opts.attach_btf_id = id;
	prog = bpf_prog_load(BPF_PROG_TYPE_TRACING, "fentry", "GPL", insns, n, &opts);
	if (prog < 0)
		err(1, "BPF_PROG_LOAD for %s", function);
	/* The descriptor is closed at exit, and the program goes with it. */
	if (bpf_raw_tracepoint_open(NULL, prog) < 0)
		err(1, "BPF_RAW_TRACEPOINT_OPEN of %s", function);
}

/* Counts in @map, if the current process is called @comm. */
static void attach_counter(const char *function, enum bpf_attach_type type, int map,
			   uint64_t comm, int counter)
{
	const struct bpf_insn insns[] = {
		insn(BPF_ALU64 | BPF_MOV | BPF_X, BPF_REG_1, BPF_REG_10, 0, 0),
		insn(BPF_ALU64 | BPF_ADD | BPF_K, BPF_REG_1, 0, 0, -16),
		insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, 16),
		insn(BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_get_current_comm),
		insn(BPF_LDX | BPF_MEM | BPF_DW, BPF_REG_1, BPF_REG_10, -16, 0),
		insn(BPF_LD | BPF_IMM | BPF_DW, BPF_REG_2, 0, 0, (int32_t)comm),
		insn(0, 0, 0, 0, (int32_t)(comm >> 32)),
		insn(BPF_JMP | BPF_JNE | BPF_X, BPF_REG_1, BPF_REG_2, 4, 0),
		insn(BPF_LD | BPF_IMM | BPF_DW, BPF_REG_1, BPF_PSEUDO_MAP_VALUE, 0, map),
		insn(0, 0, 0, 0, counter * (int)sizeof(uint64_t)),
		insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_2, 0, 0, 1),
		insn(BPF_STX | BPF_ATOMIC | BPF_DW, BPF_REG_1, BPF_REG_2, 0, BPF_ADD),
		insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};

	attach(function, type, insns, ARRAY_SIZE(insns));
}

int main(int argc, char **argv)
{
	static const struct bpf_insn nothing[] = {
		insn(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, 0),
		insn(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	static const char *const words[] = { [ENTRIES] = "entered", [EXITS] = "left" };
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	struct counters now = {}, said = {};
	const uint32_t key = 0;
	char comm[8] = "";
	uint64_t word;
	int map, i;

	if (argc < 3 || strlen(argv[1]) >= sizeof(comm))
		errx(2, "usage: fentry COMM FUNCTION [OTHER]...");
	strcpy(comm, argv[1]);
	memcpy(&word, comm, sizeof(word));
	setvbuf(stdout, NULL, _IOLBF, 0);
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "counters", sizeof(key), sizeof(now), 1, NULL);
	if (map < 0)
		err(1, "BPF_MAP_CREATE");
	attach_counter(argv[2], BPF_TRACE_FENTRY, map, word, ENTRIES);
	attach_counter(argv[2], BPF_TRACE_FEXIT, map, word, EXITS);
	for (i = 3; i < argc; i++)
		attach(argv[i], BPF_TRACE_FENTRY, nothing, ARRAY_SIZE(nothing));
	puts("up");
	for (;;) {
		if (bpf_map_lookup_elem(map, &key, &now))
			err(1, "BPF_MAP_LOOKUP_ELEM");
		for (i = 0; i < COUNTERS; i++) {
			for (; said.n[i] < now.n[i]; said.n[i]++)
				puts(words[i]);
		}
		nanosleep(&pause, NULL);
	}
}
