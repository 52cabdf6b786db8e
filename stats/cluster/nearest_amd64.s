#include "textflag.h"

DATA infinity<>+0(SB)/8, $0x7FF0000000000000
GLOBL infinity<>(SB), RODATA|NOPTR, $8

// func nearestAVX2(x *float64, n, d int, lanes *float64, blocks int, numbers *float64, labels *int32)
//
// Y0 holds the least squared distance so far of each of four lanes, Y1 the number
// of its centre.
TEXT ·nearestAVX2(SB), NOSPLIT, $0-56
	MOVQ         x+0(FP), SI
	MOVQ         n+8(FP), R10
	MOVQ         d+16(FP), R11
	MOVQ         blocks+32(FP), R13
	MOVQ         labels+48(FP), R9
	VBROADCASTSD infinity<>(SB), Y14

row:
	TESTQ   R10, R10
	JZ      done
	DECQ    R10
	VMOVAPD Y14, Y0
	VXORPD  Y1, Y1, Y1
	MOVQ    lanes+24(FP), DI
	MOVQ    numbers+40(FP), R12
	MOVQ    R13, BX

two:
	CMPQ   BX, $2
	JLT    one
	MOVQ   R11, DX
	SHLQ   $5, DX
	LEAQ   (DI)(DX*1), AX
	VXORPD Y2, Y2, Y2
	VXORPD Y3, Y3, Y3
	MOVQ   SI, R8
	MOVQ   R11, CX
	SUBQ   $2, CX
	JLT    last

pair:
	VBROADCASTSD (R8), Y4
	VSUBPD       (DI), Y4, Y5
	VSUBPD       (AX), Y4, Y6
	VFMADD231PD  Y5, Y5, Y2
	VFMADD231PD  Y6, Y6, Y3
	VBROADCASTSD 8(R8), Y8
	VSUBPD       32(DI), Y8, Y9
	VSUBPD       32(AX), Y8, Y10
	VFMADD231PD  Y9, Y9, Y2
	VFMADD231PD  Y10, Y10, Y3
	ADDQ         $16, R8
	ADDQ         $64, DI
	ADDQ         $64, AX
	SUBQ         $2, CX
	JGE          pair

last:
	CMPQ         CX, $-1
	JLT          compare
	VBROADCASTSD (R8), Y4
	VSUBPD       (DI), Y4, Y5
	VSUBPD       (AX), Y4, Y6
	VFMADD231PD  Y5, Y5, Y2
	VFMADD231PD  Y6, Y6, Y3
	ADDQ         $32, AX

compare:
	VCMPPD    $1, Y0, Y2, Y7
	VMINPD    Y0, Y2, Y0
	VBLENDVPD Y7, (R12), Y1, Y1
	VCMPPD    $1, Y0, Y3, Y7
	VMINPD    Y0, Y3, Y0
	VBLENDVPD Y7, 32(R12), Y1, Y1
	MOVQ      AX, DI
	ADDQ      $64, R12
	SUBQ      $2, BX
	JMP       two

one:
	TESTQ  BX, BX
	JZ     choose
	VXORPD Y2, Y2, Y2
	XORQ   CX, CX

column:
	VBROADCASTSD (SI)(CX*8), Y4
	VSUBPD       (DI), Y4, Y5
	VFMADD231PD  Y5, Y5, Y2
	ADDQ         $32, DI
	INCQ         CX
	CMPQ         CX, R11
	JLT          column
	VCMPPD       $1, Y0, Y2, Y7
	VMINPD       Y0, Y2, Y0
	VBLENDVPD    Y7, (R12), Y1, Y1

choose:
	// The least of the lanes, then the lowest number among those that have it.
	VEXTRACTF128 $1, Y0, X2
	VMINPD       X2, X0, X2
	VPERMILPD    $1, X2, X3
	VMINPD       X3, X2, X2
	VBROADCASTSD X2, Y2
	VCMPPD       $0, Y2, Y0, Y3
	VBLENDVPD    Y3, Y1, Y14, Y4
	VEXTRACTF128 $1, Y4, X5
	VMINPD       X5, X4, X4
	VPERMILPD    $1, X4, X5
	VMINPD       X5, X4, X4
	VCVTTSD2SI   X4, AX
	MOVL         AX, (R9)
	ADDQ         $4, R9
	LEAQ         (SI)(R11*8), SI
	JMP          row

done:
	VZEROUPPER
	RET
