#include "textflag.h"

// func scoresAVX2(x *float64, rows *int32, n, d int, fours, norms *float64, blocks int, out *float64)
TEXT ·scoresAVX2(SB), NOSPLIT, $0-64
	MOVQ x+0(FP), R8
	MOVQ rows+8(FP), R9
	MOVQ n+16(FP), R10
	MOVQ d+24(FP), R11
	MOVQ norms+40(FP), R13
	MOVQ blocks+48(FP), R14
	MOVQ out+56(FP), DX

row:
	TESTQ   R10, R10
	JZ      done
	MOVLQSX (R9), AX
	ADDQ    $4, R9
	DECQ    R10
	IMULQ   R11, AX
	LEAQ    (R8)(AX*8), SI
	MOVQ    fours+32(FP), DI
	XORQ    BX, BX

block:
	CMPQ    BX, R14
	JGE     row
	MOVQ    BX, AX
	SHLQ    $5, AX
	VMOVUPD (R13)(AX*1), Y0
	XORQ    CX, CX

column:
	VBROADCASTSD (SI)(CX*8), Y1
	VFMADD231PD  (DI), Y1, Y0
	ADDQ         $32, DI
	INCQ         CX
	CMPQ         CX, R11
	JLT          column
	VMOVUPD      Y0, (DX)
	ADDQ         $32, DX
	INCQ         BX
	JMP          block

done:
	VZEROUPPER
	RET
