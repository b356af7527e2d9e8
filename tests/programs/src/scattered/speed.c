// SPDX-License-Identifier: GPL-2.0
/* scattered._speed: an extension module, to be found where it is mapped */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

static PyObject *triple(PyObject *self, PyObject *args)
{
	long number;

	(void)self;
	if (!PyArg_ParseTuple(args, "l", &number))
		return NULL;
	return PyLong_FromLong(3 * number);
}

static PyMethodDef methods[] = {
	{ "triple", triple, METH_VARARGS, "three times a number" },
	{ 0 },
};

static struct PyModuleDef module = {
	PyModuleDef_HEAD_INIT,
	.m_name = "scattered._speed",
	.m_size = -1,
	.m_methods = methods,
};

PyMODINIT_FUNC PyInit__speed(void)
{
	return PyModule_Create(&module);
}
