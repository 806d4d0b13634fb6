// The functions are inline; a target needs one source file.
#include "COpenSSLShims.h"
